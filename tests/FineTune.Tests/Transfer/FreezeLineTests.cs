using FineTune.Models;
using FineTune.Optimize;
using FineTune.Tests.Optimize;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

[Collection(Serial.Name)]
public sealed class FreezeLineTests
{
    [Theory]
    [InlineData("head")]
    [InlineData("layer2")]
    [InlineData("stem")]
    [InlineData("all")]
    public void Stages_below_the_line_keep_every_bit_and_those_above_move(string trainable)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        using var vector = new ParameterVector(network);
        var line = FreezeLine.Parse(network, trainable);
        vector.Unfreeze(line.Stage);
        using var optimizer = Optimizers.Create(
            new NamedSpec("adamw").With("weight_decay", 0.1), vector, network.Stages.Count - 1, Stepping.Horizon);
        var before = WeightLoader.Read(network);
        for (var t = 0; t < 3; t++)
            Step(line, vector, optimizer);
        var after = WeightLoader.Read(network);
        for (var k = 0; k < network.Stages.Count; k++)
        {
            var stage = network.Stages[k];
            foreach (var name in stage.NamedParameters().Select(p => p.Name).Concat(stage.NamedBuffers().Select(b => b.Name)))
            {
                var same = after[name].Bytes.Span.SequenceEqual(before[name].Bytes.Span);
                same.ShouldBe(k < line.Stage, name);
            }
        }
    }

    [Fact]
    public void The_line_does_not_change_what_an_evaluation_says()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        network.eval();
        using var scope = NewDisposeScope();
        var images = randn([2, 3, 16, 16]);
        var expected = network.call(images).data<float>().ToArray();
        for (var stage = 0; stage < network.Stages.Count; stage++)
            new FreezeLine(network, stage).Forward(images).data<float>().ToArray().ShouldBe(expected);
    }

    [Fact]
    public void A_gradient_below_the_line_is_not_kept()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        using var scope = NewDisposeScope();
        new FreezeLine(network, network.Stages.Count - 1).Forward(randn([2, 3, 16, 16])).sum().backward();
        network.OrderedParameters().Where(p => !ReferenceEquals(p.Parameter.grad, null)).Select(p => p.Name)
            .ShouldBe(["linear.weight", "linear.bias"]);
    }

    private static void Step(FreezeLine line, ParameterVector vector, Optimizer optimizer)
    {
        line.Train();
        using var scope = NewDisposeScope();
        vector.ZeroGradient();
        nn.functional.cross_entropy(line.Forward(randn([4, 3, 16, 16])), tensor(new long[] { 0, 1, 2, 0 })).backward();
        optimizer.Step(0.01);
    }
}
