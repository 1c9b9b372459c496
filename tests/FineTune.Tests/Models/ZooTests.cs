using System.Security.Cryptography;
using System.Text;
using FineTune.Models;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

[Collection(Serial.Name)]
public sealed class ZooTests
{
    public static TheoryData<string> Names => [.. Zoo.Models.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Keys_and_shapes_of_every_model_are_the_originals(string name)
    {
        using var network = Zoo.Create(name, ModelGoldens.Classes);
        var state = network.state_dict();
        var lines = string.Concat(state.Select(t => $"{t.Key} [{string.Join(", ", t.Value.shape)}]\n"));
        var golden = ModelGoldens.State(name);
        state.Count.ShouldBe(golden.Tensors);
        state.Values.Sum(t => t.numel()).ShouldBe(golden.Values);
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))).ShouldBe(golden.Sha256, lines);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("cifar_resnet20")]
    [InlineData("mobilenet_v1_025")]
    public void Logits_are_those_of_PyTorch(string name)
    {
        var (size, expected) = ModelGoldens.Logits(name);
        using var network = Zoo.Create(name, ModelGoldens.Classes);
        ModelGoldens.Fill(network);
        network.eval();
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        var logits = network.call(ModelGoldens.Picture(size)).data<float>().ToArray();
        logits.Length.ShouldBe(expected.Length);
        var scale = expected.Max(Math.Abs);
        for (var k = 0; k < logits.Length; k++)
            ((double)logits[k]).ShouldBe(expected[k], 1e-4 * scale);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Stages_hold_each_parameter_and_each_statistic_once(string name)
    {
        using var network = Zoo.Create(name, 2);
        var staged = network.Stages.SelectMany(s => s.NamedParameters().Select(p => p.Name).Concat(s.NamedBuffers().Select(b => b.Name)));
        staged.Order(StringComparer.Ordinal).ShouldBe(network.state_dict().Keys.Order(StringComparer.Ordinal));
        network.Stages[^1].Name.ShouldBe("head");
        network.Head.NamedParameters().Count().ShouldBe(2);
    }

    [Fact]
    public void A_seed_decides_every_bit_of_the_initial_values()
    {
        using var a = Zoo.Create("cifar_resnet20", 3, seed: 5);
        _ = randn([100]).sum(); // what was drawn before makes no difference
        using var b = Zoo.Create("cifar_resnet20", 3, seed: 5);
        using var c = Zoo.Create("cifar_resnet20", 3, seed: 6);
        Bytes(b).ShouldBe(Bytes(a));
        Bytes(c).ShouldNotBe(Bytes(a));

        static byte[] Bytes(Network network) => [.. WeightLoader.Read(network).Values.SelectMany(t => t.Bytes.ToArray())];
    }

    [Fact]
    public void An_unknown_model_is_answered_with_the_nearest() =>
        Should.Throw<FineTuneException>(() => Zoo.Create("resnet19", 2)).Message.ShouldContain("did you mean 'resnet18'");

    [Fact]
    public void An_evaluation_leaves_nothing_but_its_logits()
    {
        using var network = Zoo.Create("resnet50", 3);
        network.eval();
        using var images = zeros([1, 3, 32, 32]);
        using var _ = inference_mode();
        network.call(images).Dispose();
        var before = Tensor.TotalCount;
        using var logits = network.call(images);
        Tensor.TotalCount.ShouldBe(before + 1);
    }
}
