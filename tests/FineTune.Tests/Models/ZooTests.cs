using System.Security.Cryptography;
using System.Text;
using FineTune.Models;
using FineTune.Transfer;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ZooTests
{
    private const long Large = 12_000_000; // values of a network that is made here only where FINETUNE_TEST_LARGE is set

    public static TheoryData<string> Names => [.. ModelGoldens.All.Keys];

    public static TheoryData<string> Made => MadeBelow(Large);

    /// <summary>Models of up to as many values; all where FINETUNE_TEST_LARGE is set.</summary>
    internal static TheoryData<string> MadeBelow(long values) =>
    [
        .. ModelGoldens.All.Where(m => m.Value.Values <= values || Environment.GetEnvironmentVariable("FINETUNE_TEST_LARGE") is not null)
            .Select(m => m.Key).Where(IsRight),
    ];

    /// <summary>
    /// GoogLeNet is left out where there is AVX-512: on a virtual machine that hides its caches, oneDNN's kernels for it gave
    /// logits that differ by 3e-3; those for AVX2, and libtorch without oneDNN, gave PyTorch's to 1e-4. Why is not known yet
    /// (docs/engine.md).
    /// </summary>
    private static bool IsRight(string name) => !(name == "googlenet" && System.Runtime.Intrinsics.X86.Avx512F.IsSupported);

    [Fact]
    public void Every_model_has_goldens() => Families.All.Select(m => m.Name).Except(["cnn"]).Order(StringComparer.Ordinal).ShouldBe(
        ModelGoldens.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_and_multiply_adds_of_a_description_are_the_originals(string name)
    {
        var golden = ModelGoldens.All[name];
        var graph = Zoo.Find(name).Describe!(ModelGoldens.Classes);
        graph.Parameters.ShouldBe(golden.Parameters);
        if (golden.MultiplyAdds is { } products)
            graph.Measure(golden.Size).Sum(s => s.MultiplyAdds).ShouldBe(products);
    }

    [Theory]
    [MemberData(nameof(Made))]
    public void Keys_shapes_logits_and_a_step_are_those_of_PyTorch(string name)
    {
        var golden = ModelGoldens.All[name];
        using var network = Zoo.Create(name, ModelGoldens.Classes);
        var state = network.state_dict();
        var lines = string.Concat(state.Select(t => $"{t.Key} [{string.Join(", ", t.Value.shape)}]\n").Order(StringComparer.Ordinal));
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))).ShouldBe(golden.Sha256, lines);
        (state.Count, state.Values.Sum(t => t.numel())).ShouldBe((golden.Tensors, golden.Values));

        ModelGoldens.Fill(network);
        using var images = ModelGoldens.Picture(golden.Size);
        var (logits, step) = (Logits(network, images), Step(network, images));
        logits.Length.ShouldBe(golden.Logits.Length);
        for (var k = 0; k < logits.Length; k++)
            logits[k].ShouldBe(golden.Logits[k], 1e-4 * golden.Logits.Max(Math.Abs));
        for (var k = 0; k < step.Length; k++)
            step[k].ShouldBe(golden.Step[k], (golden.Step[^1] > 0 ? 1e-6 : 1e-3) * (golden.Step[k] + 0.01)); // in double, or single
        network.to(ScalarType.Float32);
        network.eval();
        using var folded = new FrozenPrefix(FreezeLine.Parse(network, FreezeLine.Head)); // checks that it is the same
        folded.Difference.ShouldBeLessThan(FrozenPrefix.Tolerance);
    }

    [Fact]
    public void Two_tensors_of_one_shape_that_change_places_change_the_logits()
    {
        var golden = ModelGoldens.All["cifar_resnet20"];
        using var network = Zoo.Create("cifar_resnet20", ModelGoldens.Classes);
        ModelGoldens.Fill(network);
        using (no_grad())
        {
            var state = network.state_dict();
            using var kept = state["layer1.0.conv1.weight"].clone();
            state["layer1.0.conv1.weight"].copy_(state["layer1.0.conv2.weight"]);
            state["layer1.0.conv2.weight"].copy_(kept);
        }

        using var images = ModelGoldens.Picture(golden.Size);
        Logits(network, images).Zip(golden.Logits).Max(p => Math.Abs(p.First - p.Second)).ShouldBeGreaterThan(0.01);
    }

    private static double[] Logits(Network network, Tensor images)
    {
        network.eval();
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        return [.. network.call(images).data<float>().Select(v => (double)v)];
    }

    /// <summary>
    /// Loss, norm of the gradient, loss after a step of length 0.1 against it; loss in training, and what that makes of the running
    /// means.
    /// </summary>
    private static double[] Step(Network network, Tensor images)
    {
        using var scope = NewDisposeScope();
        network.eval();
        if (network.state_dict().Keys.Any(k => k.EndsWith("running_mean", StringComparison.Ordinal)))
        {
            network.to(ScalarType.Float64); // as the golden: in single precision some losses in training differ by 3e-3 with the threads
            images = images.to(ScalarType.Float64);
        }

        var labels = tensor(new long[] { 1, 3 });
        var loss = Loss();
        loss.backward();
        var parameters = network.parameters().Where(p => p.grad is not null).ToArray();
        var norm = Math.Sqrt(parameters.Sum(p => p.grad!.to(ScalarType.Float64).square().sum().item<double>()));
        using var _ = no_grad();
        foreach (var p in parameters)
            p.sub_(p.grad! * (0.1 / norm));
        var after = Loss();
        network.train();
        var training = Loss();
        var means = network.state_dict().Where(t => t.Key.EndsWith("running_mean", StringComparison.Ordinal))
            .Select(t => t.Value.to(ScalarType.Float64)).ToArray();
        var spread = means.Length > 0 ? cat(means).square().mean().sqrt().item<double>() : 0;
        return [Value(loss), norm, Value(after), Value(training), spread];

        static double Value(Tensor scalar) => scalar.to(ScalarType.Float64).item<double>();

        Tensor Loss() => nn.functional.cross_entropy(network.call(images), labels);
    }

    [Theory]
    [InlineData("alexnet")]
    [InlineData("squeezenet1_1")]
    [InlineData("vit_b_32")]
    [InlineData("swin_t")]
    [InlineData("shufflenet_v2_x0_5")]
    public void Stages_hold_each_parameter_and_each_statistic_once(string name)
    {
        using var network = Zoo.Create(name, 2);
        var staged = network.Stages.SelectMany(s => s.NamedParameters().Select(p => p.Name).Concat(s.NamedBuffers().Select(b => b.Name)));
        staged.Order(StringComparer.Ordinal).ShouldBe(network.state_dict().Keys.Order(StringComparer.Ordinal));
        network.Stages[^1].Name.ShouldBe("head");
        network.Head.NamedParameters().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("squeezenet1_1", 512)]
    [InlineData("alexnet", 4096)]
    [InlineData("mobilenet_v3_small", 1024)]
    public void A_head_is_replaced_whatever_its_form(string name, long features)
    {
        using var network = Zoo.Create(name, 5);
        network.ReplaceHead(3);
        (network.Features, network.Classes).ShouldBe((features, 3));
        network.HeadDropout = 0.5;
        network.HeadDropout.ShouldBe(0.5);
        using var images = zeros([1, 3, 64, 64]);
        Logits(network, images).Length.ShouldBe(3);
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
    public void A_part_of_a_name_is_answered_with_a_name_that_begins_so() => // googlenet is as near
        Should.Throw<FineTuneException>(() => Zoo.Create("mobilenet", 2)).Message.ShouldContain("did you mean 'mobilenet_v");

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
