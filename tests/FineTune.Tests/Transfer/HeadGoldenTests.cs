using System.Text.Json;
using FineTune.Models;
using FineTune.Tests.Optimize.SecondOrder;
using FineTune.Transfer.Heads;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

/// <summary>Against Newton's method, with which scikit-learn agrees, and SciPy: scripts/goldens/heads.py.</summary>
public sealed class HeadGoldenTests
{
    private const int Classes = 3;
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Transfer/heads.json"))).RootElement;

    [Theory]
    [InlineData("many", 40, 6)]
    [InlineData("few", 16, 20)]
    [InlineData("pairs", 8, 5)] // classes of 2 and 4 images: some of the five parts hold none
    public void Cross_validation_is_that_of_Newtons_method(string name, int n, int d)
    {
        using var x = Features(n, d);
        using var head = new LogisticHead(x, Labels(n), Classes);

        var scores = head.Sweep(LogisticHead.Penalties);

        scores.Select(s => s.Penalty).ShouldBe(LogisticHead.Penalties);
        scores.Select(s => s.Top1).ShouldBe(Numbers(name, "top1"));
        foreach (var (score, expected) in scores.Zip(Numbers(name, "nll")))
            score.Nll.ShouldBe(expected, (score.Penalty < 1e-3 ? 0.01 : 1e-4) * expected); // gradients of 1e-6 are small: of 1e-5, less so
        head.Choose().ShouldBe(scores.MinBy(s => s.Nll));
    }

    [Theory]
    [InlineData("many", 40, 6)]
    [InlineData("few", 16, 20)]
    public void The_fitted_head_is_that_of_Newtons_method(string name, int n, int d)
    {
        using var scope = NewDisposeScope();
        using var head = new LogisticHead(Features(n, d), Labels(n), Classes);

        var (weight, bias) = head.Fit(0.01);

        weight.shape.ShouldBe([Classes, d]);
        Near(weight, Numbers(name, "weight"), 1e-4);
        Near(bias - bias.mean(), Numbers(name, "bias"), 1e-4);
    }

    [Fact]
    public void Left_out_scores_of_the_ridge_head_become_likelihoods_by_the_factor_that_SciPy_finds()
    {
        using var x = Features(40, 6);
        using var head = new RidgeHead(x, Labels(40), Classes);

        var (scale, nll) = head.Calibrate(0.03);

        scale.ShouldBe(Root.GetProperty("many").GetProperty("scale").GetDouble(), 1e-4 * scale);
        nll.ShouldBe(Root.GetProperty("many").GetProperty("ridge").GetDouble(), 1e-9);
    }

    [Fact]
    public void The_installed_head_is_the_one_of_the_chosen_penalty()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", Classes);
        var (x, labels) = (Features(40, 64), Labels(40));
        using var logistic = new LogisticHead(x, labels, Classes);
        var best = logistic.Choose();

        var found = ExactHead.Install(network, x, labels);

        found.ShouldBe(new ExactHead("logistic", best.Penalty, best.Top1, best.Nll));
        Holds(network, logistic.Fit(best.Penalty), 1);
    }

    [Fact]
    public void A_penalty_that_is_given_is_not_chosen_and_measures_nothing()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", Classes);
        var (x, labels) = (Features(40, 64), Labels(40));
        using var logistic = new LogisticHead(x, labels, Classes);

        ExactHead.Install(network, x, labels, 0.2).ShouldBe(new ExactHead("logistic", 0.2, double.NaN, double.NaN));

        Holds(network, logistic.Fit(0.2), 1);
    }

    [Fact]
    public void Where_a_class_has_one_image_nothing_is_held_out()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", Classes);
        var (x, labels) = (Features(7, 64), Labels(7)); // the third class once
        ExactHead.Install(network, x, labels).ShouldBe(new ExactHead("logistic", 0.01, double.NaN, double.NaN));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    public void Many_features_get_the_ridge_head_with_its_scores_scaled(double? penalty)
    {
        const int Many = 160, Samples = 2930; // x 64 features: just more than 3e7 multiplications
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", Many);
        var x = Features(Samples, 64);
        long[] labels = [.. Enumerable.Range(0, Samples).Select(i => (long)(i % Many))];
        using var ridge = new RidgeHead(x, labels, Many);
        var chosen = penalty is { } given ? new RidgeScore(given, double.NaN, double.NaN) : ridge.Choose();
        var (scale, nll) = ridge.Calibrate(chosen.Penalty);

        var found = ExactHead.Install(network, x, labels, penalty);

        found.ShouldBe(new ExactHead("ridge", chosen.Penalty, chosen.Top1, penalty is null ? nll : double.NaN));
        Holds(network, ridge.Fit(chosen.Penalty), scale);
    }

    [Fact]
    public void A_head_of_more_than_one_matrix_is_not_fitted()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", Classes);
        HeadForm.Parse("mlp", 8).Install(network);
        ExactHead.Fits(network).ShouldBeFalse();
        Should.Throw<FineTuneException>(() => ExactHead.Install(network, Features(8, 64), Labels(8))).Message
            .ShouldContain("The head of 'cifar_resnet20' is not one matrix");
        using var linear = Zoo.Create("cifar_resnet20", Classes);
        ExactHead.Fits(linear).ShouldBeTrue();
        Should.Throw<FineTuneException>(() => ExactHead.Install(linear, Features(8, 64).view(8, 8, 8), Labels(8)));
    }

    [Fact]
    public void Features_that_are_not_finite_are_refused()
    {
        using var x = zeros([6, 4], ScalarType.Float64);
        x[0, 0] = double.PositiveInfinity;
        Should.Throw<FineTuneException>(() => new RidgeHead(x, Labels(6), Classes)).Message.ShouldContain("are not finite");
    }

    private static void Holds(Network network, (Tensor Weight, Tensor Bias) head, double scale)
    {
        using var _ = no_grad();
        Near(network.HeadLinear.weight, (head.Weight * scale).data<double>(), 1e-6);
        Near(network.HeadLinear.bias!, (head.Bias * scale).data<double>(), 1e-6);
    }

    private static void Near(Tensor found, IEnumerable<double> expected, double tolerance)
    {
        double[] values = [.. found.to(ScalarType.Float64).data<double>()], wanted = [.. expected];
        values.Length.ShouldBe(wanted.Length);
        for (var k = 0; k < wanted.Length; k++)
            values[k].ShouldBe(wanted[k], tolerance * Math.Max(1, Math.Abs(wanted[k])));
    }

    private static double[] Numbers(string name, string list) =>
        [.. Root.GetProperty(name).GetProperty(list).EnumerateArray().Select(v => v.GetDouble())];

    private static long[] Labels(int n) => [.. Enumerable.Range(0, n).Select(i => Math.Max(0L, (i % 4) - 1))];

    private static Tensor Features(int n, int d)
    {
        var (prototypes, noise, labels) = (SoftmaxHeadTests.Uniform(1, Classes * d), SoftmaxHeadTests.Uniform(2, n * d), Labels(n));
        double[] values = [.. noise.Select((u, k) => (2 * u) - 1 + prototypes[(labels[k / d] * d) + (k % d)] - 0.5)];
        return tensor(values, [n, d]);
    }
}
