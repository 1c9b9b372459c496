using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class KeyMatchTests
{
    private static readonly Dictionary<string, long[]> Model = new()
    {
        ["conv.weight"] = [2, 3, 1, 1],
        ["bn.weight"] = [2],
        ["bn.num_batches_tracked"] = [],
        ["fc.weight"] = [4, 2],
        ["fc.bias"] = [4],
    };

    [Fact]
    public void Weights_of_the_same_names_and_shapes_fit()
    {
        var report = KeyMatch.Compare(
            Model, State(("conv.weight", [2, 3, 1, 1]), ("bn.weight", [2]), ("fc.weight", [4, 2]), ("fc.bias", [4])));
        report.IsExact.ShouldBeTrue();
        (report.Matched, report.Expected).ShouldBe((4, 4));
    }

    [Fact]
    public void A_head_of_another_size_is_told_apart_and_says_what_to_do()
    {
        var report = KeyMatch.Compare(
            Model, State(("conv.weight", [2, 3, 1, 1]), ("bn.weight", [2]), ("fc.weight", [9, 2]), ("fc.bias", [9])));
        report.OtherHead.ShouldBe("fc");
        new WeightMismatchException("x.pth", "tiny", report).Message.ShouldBe(
            "'x.pth' does not fit tiny: of 4 tensors 2 are of another shape (fc.weight is [9, 2] where the model has [4, 2], fc.bias is "
            + "[9] where the model has [4]); "
            + "only the head 'fc' is of another size: give the classes that the weights were trained on, or let the head be replaced.");
    }

    [Fact]
    public void Weights_of_another_architecture_are_called_so()
    {
        var report = KeyMatch.Compare(Model, State(("conv.weight", [2, 3, 1, 1]), ("a", [1]), ("b", [1]), ("c", [1]), ("d\x1b", [1])));
        report.Missing.ShouldBe(["bn.weight", "fc.weight", "fc.bias"]);
        report.Unexpected.ShouldBe(["a", "b", "c", "d\x1b"]);
        report.OtherHead.ShouldBeNull();
        report.Explain("x.pth", "tiny").ShouldBe(
            "'x.pth' does not fit tiny: of 4 tensors 3 are missing (bn.weight, fc.weight, fc.bias); 4 are unexpected (a, b, c and 1 more); "
            + "only 25% match, so these look like the weights of another architecture than tiny: name the model that they belong to.");
    }

    [Fact]
    public void Weights_that_nearly_fit_are_called_a_variant()
    {
        var report = KeyMatch.Compare(Model, State(("conv.weight", [2, 3, 1, 1]), ("bn.weight", [2]), ("fc.weight", [4, 2])));
        report.Explain("x.pth", "tiny").ShouldContain("1 is missing (fc.bias); 75% match, so these look like a variant of tiny");
    }

    private static StateDict State(params (string Name, long[] Shape)[] tensors)
    {
        var state = new StateDict();
        foreach (var (name, shape) in tensors)
            state.Add(name, new TensorData(TensorType.UInt8, shape, new byte[Shapes.Count(shape)!.Value]));
        return state;
    }
}
