using System.Text.Json;
using FineTune.Data;
using FineTune.Train.Losses;
using static TorchSharp.torch;

namespace FineTune.Tests.Train.Losses;

public sealed class LossTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Train/losses.json"))).RootElement;

    public static TheoryData<int> Cases => new(Enumerable.Range(0, Golden.GetProperty("cases").GetArrayLength()));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_and_gradient_are_those_of_torch_and_of_the_paper(int index)
    {
        var golden = Golden.GetProperty("cases")[index];
        var weights = golden.GetProperty("weighted").GetBoolean() ? Numbers("weights") : null;
        var smoothing = golden.GetProperty("label_smoothing").GetDouble();
        var loss = golden.GetProperty("name").GetString() == "focal"
            ? new FocalLoss(golden.GetProperty("focal_gamma").GetDouble(), weights, smoothing)
            : (Loss)new CrossEntropy(weights, smoothing);
        var (value, gradient) = Evaluate(loss, [.. Numbers("logits").Select(v => (float)v)], [.. Numbers("labels").Select(v => (long)v)]);

        var expected = golden.GetProperty("loss").GetDouble();
        value.ShouldBe(expected, 1e-6 * expected);
        var derivative = golden.GetProperty("gradient").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Distance(gradient, derivative).ShouldBeLessThan(1e-6 * Norm(derivative));
    }

    [Fact]
    public void Every_loss_of_the_table_has_goldens() =>
        Golden.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()).Distinct()
            .ShouldBe(LossTable.Table.Select(l => l.Name), ignoreOrder: true);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void What_is_certain_has_a_gradient_of_numbers(double gamma)
    {
        var (value, gradient) = Evaluate(new FocalLoss(gamma, null, 0), [200, 0, 0, 0, 0, 200, 0, 0, 0, 0], [0, 1]);
        value.ShouldBe(100, 1e-4); // one is right, one as wrong as can be
        gradient.ShouldAllBe(g => float.IsFinite(g));
        gradient.Take(5).ShouldAllBe(g => g == 0);
        gradient[6].ShouldBe(-0.5f, 1e-6f);
    }

    [Fact]
    public void Balanced_weights_are_scikit_learns()
    {
        // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 2]) = 0.5, 2, 2
        LossTable.BalancedWeights(Samples(0, 0, 0, 0, 1, 2), ["a", "b", "c"]).ShouldBe([0.5, 2, 2]);
        var loss = LossTable.Create(
            new NamedSpec("focal").With("class_weights", "balanced"), 0, Samples(0, 0, 0, 0, 1, 2), ["a", "b", "c"]);
        using var labels = tensor(new long[] { 0, 1, 2, 2 });
        loss.Weight(labels).ShouldBe(6.5);
        LossTable.Create(new NamedSpec("focal").With("class_weights", "none"), 0, Samples(0, 1), ["a", "b"]).Weight(labels).ShouldBe(4);
    }

    [Theory]
    [InlineData("focl", null, null, "Unknown loss 'focl'; did you mean 'focal'")]
    [InlineData("focal", "gamma", 2.0, "Unknown option of focal 'gamma'")]
    [InlineData("focal", "focal_gamma", -1.0, "The option focal_gamma of focal is '-1'; a number of at least 0 is allowed.")]
    [InlineData("focal", "focal_gamma", double.NaN, "The option focal_gamma of focal is 'NaN'; a number of at least 0 is allowed.")]
    [InlineData("cross-entropy", "focal_gamma", 2.0, "Unknown option of cross-entropy 'focal_gamma'")]
    [InlineData("cross-entropy", "class_weights", "balancd", "Unknown value of `class_weights`: 'balancd'; did you mean 'balanced'")]
    [InlineData("cross-entropy", "class_weights", "balanced", "Class 'c' has no training image")]
    public void What_cannot_be_is_one_sentence(string name, string? option, object? value, string expected)
    {
        var spec = option is null ? new NamedSpec(name) : new NamedSpec(name).With(option, value);
        var message = Should.Throw<FineTuneException>(() => LossTable.Create(spec, 0, Samples(0, 1), ["a", "b", "c"])).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    private static Sample[] Samples(params int[] labels) => [.. labels.Select(l => new Sample("image", l))];

    private static double[] Numbers(string name) => [.. Golden.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static (double Value, float[] Gradient) Evaluate(Loss loss, float[] logits, long[] labels)
    {
        using var scope = NewDisposeScope();
        var z = tensor(logits, [labels.Length, logits.Length / labels.Length], requires_grad: true);
        var value = loss.Of(z, tensor(labels));
        value.backward();
        return (value.item<float>(), z.grad!.data<float>().ToArray());
    }

    private static double Distance(float[] a, double[] b) => Norm(a.Zip(b, (x, y) => x - y));

    private static double Norm(IEnumerable<double> v) => Math.Sqrt(v.Sum(x => x * x));
}
