using FineTune.Models;
using FineTune.Optimize;
using FineTune.Tests.Optimize;
using FineTune.Transfer;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
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

    [Theory]
    [InlineData("last-1", 5)]
    [InlineData("last-2", 3)]
    [InlineData("last-5", 0)]
    public void The_last_stages_are_counted_from_the_head(string trainable, int stage)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        FreezeLine.Parse(network, trainable).Stage.ShouldBe(stage);
        foreach (var none in new[] { "last-0", "last-6", "last-", "last-+1", "last--1", "last-x" })
        {
            Should.Throw<FineTuneException>(() => FreezeLine.Parse(network, none)).Message.ShouldBe(
                $"The recipe's trainable is '{none}'; cifar_resnet20 has last-1 (the head) to last-5 (all).");
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

    [Fact]
    public void Only_stages_that_have_parameters_learn()
    {
        using var network = Zoo.Create("alexnet", 3); // its flattening and its pools have none
        foreach (var (stage, k) in network.Stages.Select((s, k) => (s, k)))
            FreezeLine.LearningStages(network).Contains(k).ShouldBe(stage.NamedParameters().Any(), stage.Name);
        using var cifar = Zoo.Create("cifar_resnet20", 3);
        FreezeLine.LearningStages(cifar).Select(k => cifar.Stages[k].Name).ShouldBe(["stem", "layer1", "layer2", "layer3", "head"]);
    }

    [Theory]
    [InlineData("layer9", "inference", "value of `trainable`: 'layer9'", "did you mean 'layer")]
    [InlineData("al", "inference", "value of `trainable`: 'al'", "did you mean 'all'")]
    [InlineData("all", "inferense", "value of `batch_norm`: 'inferense'", "did you mean 'inference'")]
    public void A_word_that_is_none_is_answered_with_the_nearest(string trainable, string norms, string what, string nearest)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var message = Should.Throw<FineTuneException>(() => FreezeLine.Parse(network, trainable, norms)).Message;
        message.ShouldContain(what);
        message.ShouldContain(nearest);
    }

    /// <summary>cifar_resnet20 has 19 batch norms: the stem's, and 6 in each of three stages.</summary>
    [Theory]
    [InlineData("inference", 6, 13, true)]
    [InlineData("statistics-only", 19, 0, false)]
    [InlineData("train", 19, 0, false)]
    [InlineData("frozen", 0, 19, true)]
    public void Batch_norms_follow_the_batches_as_the_word_says(string norms, int follow, int still, bool isStill)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var line = FreezeLine.Parse(network, "layer3", norms);
        line.Train();
        line.MovingNorms.Count().ShouldBe(follow);
        line.StillStatistics().Count().ShouldBe(2 * still);
        line.IsStill.ShouldBe(isStill);
        Others(network.Stages[^2]).ShouldAllBe(module => module.training);
        Others(network.Stages[1]).ShouldAllBe(module => module.training == (norms == "train"));
        network.eval();
        line.Train();
        line.MovingNorms.Count().ShouldBe(follow); // from either state

        static IEnumerable<nn.Module> Others(Stage stage) => stage.Steps.Select(s => s.Module).OfType<nn.Module>()
            .Where(module => module is not BatchNorm);
    }

    [Fact]
    public void Batch_norms_that_train_draw_the_line_at_the_first_of_them()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var line = FreezeLine.Parse(network, "layer3", "train");
        network.Stages[line.Stage].Name.ShouldBe("stem");
        line.Frozen.ShouldContain("conv1.weight");
        line.Frozen.ShouldContain("layer2.0.conv1.weight");
        line.Frozen.ShouldAllBe(name => name.EndsWith("conv1.weight") || name.EndsWith("conv2.weight"));
        line.Frozen.Count.ShouldBe(13); // one before each batch norm below layer3

        var all = FreezeLine.Parse(network, "all", "train");
        (all.Stage, all.Frozen.Count).ShouldBe((0, 0));
        using var without = Zoo.Create("alexnet", 3);
        FreezeLine.Parse(without, "head", "train").Stage.ShouldBe(without.Stages.Count - 1); // no batch norm to train
    }

    [Theory]
    [InlineData("layer1", 16 * 32 * 32)]
    [InlineData("layer2", 16 * 32 * 32)]
    [InlineData("layer3", 32 * 16 * 16)]
    [InlineData("head", 64)]
    public void The_bytes_at_the_line_are_those_of_one_image(string trainable, long values)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        FreezeLine.Parse(network, trainable).BoundaryBytes().ShouldBe(values * sizeof(float));
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
