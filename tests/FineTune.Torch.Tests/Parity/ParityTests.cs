using static TorchSharp.torch;

namespace TorchSharp.Tests.Parity;

/// <summary>Each operation gives PyTorch's numbers, and its gradient PyTorch's gradients.</summary>
public sealed class ParityTests
{
    public static TheoryData<string> Names => [.. Golden.All.Values.Where(g => g.Seed is null).Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_equals_PyTorch(string name) => Check(Golden.All[name]);

    [Fact]
    public void Every_case_has_a_golden_and_every_golden_a_case() =>
        Golden.All.Keys.Select(n => n.Split('@')[0]).Distinct().Order().ShouldBe(Cases.All.Keys.Order());

    internal static void Check(Golden golden)
    {
        using var scope = NewDisposeScope();
        var inputs = golden.Inputs.Select((item, k) => item.ToTensor().requires_grad_(golden.Gradients?[k] is not null)).ToArray();

        if (golden.Seed is { } seed)
            manual_seed(seed);
        var outputs = Cases.All[golden.Name.Split('@')[0]](inputs);

        outputs.Length.ShouldBe(golden.Outputs.Length);
        for (var k = 0; k < outputs.Length; k++)
            Compare(outputs[k], golden.Outputs[k], golden.Tolerance, $"result {k}");
        if (golden.Gradients is null)
            return;

        var tops = outputs.Where(o => o.requires_grad).ToArray();
        var leaves = inputs.Where(i => i.requires_grad).ToArray();
        var gradients = autograd.grad(tops, leaves, [.. tops.Select(Weights)]);
        var expected = golden.Gradients.Where(g => g is not null).ToArray();
        for (var k = 0; k < leaves.Length; k++)
            Compare(gradients[k], expected[k]!, golden.Tolerance, $"gradient {k}");
    }

    private static Tensor Weights(Tensor result) =>
        tensor(Enumerable.Range(0, (int)result.numel()).Select(k => ((k % 7) - 3) / 4.0).ToArray(), result.dtype).reshape(result.shape);

    private static void Compare(Tensor actual, Golden.Item expected, double tolerance, string what)
    {
        actual.dtype.ShouldBe(expected.Type, what);
        actual.shape.ShouldBe(expected.Sizes, what);
        if (actual.numel() == 0)
            return;
        if (expected.Strides is not null)
            actual.stride().ShouldBe(expected.Strides, what);
        var (a, e) = (actual.detach().@double(), expected.ToTensor().@double());
        var exact = !actual.is_floating_point();
        a.allclose(e, exact ? 0 : tolerance, exact ? 0 : tolerance, equal_nan: true)
            .ShouldBeTrue($"{what}: [{string.Join(", ", a.data<double>())}] for [{string.Join(", ", e.data<double>())}]");
    }
}
