using FineTune.Diagnose;
using static TorchSharp.torch;

namespace FineTune.Tests.Diagnose;

public sealed class GradientCheckTests
{
    [Fact]
    public void A_smooth_loss_makes_happy()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (Input(20, 6), Parameter(6, 3));

        var finding = Check(("w", w), () => nn.functional.cross_entropy(x.mm(w), Labels(20)));

        finding.Verdict.ShouldBe(GradientVerdict.Happy);
        finding.Kinks.ShouldBe(0);
        finding.Elements.Count.ShouldBe(8);
        finding.Count.ShouldBe(18);
    }

    [Theory]
    [InlineData(0.5, GradientVerdict.Wrong)]
    [InlineData(1e-3, GradientVerdict.Uneasy)]
    [InlineData(1e-5, GradientVerdict.Fine)]
    public void A_planted_wrong_gradient_is_caught_and_judged_by_its_size(double part, GradientVerdict verdict)
    {
        using var scope = NewDisposeScope();
        var w = Parameter(6, 3);

        // The value is the sum of squares; autograd is kept from a part of it.
        var finding = Check(("w", w), () => (w * w * (1 - part)).sum() + (w.detach() * w.detach() * part).sum());

        finding.Verdict.ShouldBe(verdict);
        finding.Error.ShouldBe(part, 0.01 * part);
        finding.Kinks.ShouldBe(0);
    }

    [Fact]
    public void A_kink_is_named_and_not_judged()
    {
        using var scope = NewDisposeScope();
        var w = tensor([1e-6, -2e-6, 0.3, -0.4, 0]).requires_grad_();

        var finding = Check(("w", w), () => (w.relu() * 3).sum());

        finding.Elements.Select(e => e.IsKink).ShouldBe([true, true, false, false, true]);
        finding.Verdict.ShouldBe(GradientVerdict.Happy);
    }

    [Fact]
    public void Kinks_on_both_sides_of_a_weight_are_no_wrong_gradient()
    {
        using var scope = NewDisposeScope();
        var w = zeros([1], ScalarType.Float64, requires_grad: true);
        // Its sides bend alike, so that their slopes do not differ: only a smaller step leaves the kinks at 3e-6 behind.
        var finding = Check(("w", w), () => ((0.1 * w) + (w - 3e-6).relu() - (-w - 3e-6).relu()).sum());
        (finding.Kinks, finding.Error).ShouldBe((1, 0));
    }

    [Fact]
    public void A_kink_does_not_hide_a_wrong_gradient_beside_it()
    {
        using var scope = NewDisposeScope();
        var w = tensor([0.0, 0.5]).requires_grad_();

        var finding = Check(("w", w), () => w.relu().sum() + (w * w.detach()).sum());

        finding.Kinks.ShouldBe(1);
        finding.Verdict.ShouldBe(GradientVerdict.Wrong);
        finding.Worst!.Index.ShouldBe(1);
    }

    [Fact]
    public void Strong_curvature_where_the_gradient_vanishes_is_no_kink()
    {
        using var scope = NewDisposeScope();
        var w = tensor([1e-7, 1.0]).requires_grad_();

        Check(("w", w), () => (w.pow(2) * 1000).sum() + w.pow(3).sum()).Kinks.ShouldBe(0);
    }

    [Fact]
    public void A_loss_that_does_not_depend_on_a_parameter_has_no_error_and_parameters_stay_as_they_were()
    {
        using var scope = NewDisposeScope();
        var (used, unused) = (Parameter(4, 2), Parameter(3, 1));
        var before = used.data<double>().ToArray();

        var findings = GradientCheck.Run([("used", used), ("unused", unused)], () => used.exp().sum(), new GradientCheckOptions());

        findings[1].Error.ShouldBe(0);
        findings[0].Verdict.ShouldBe(GradientVerdict.Happy);
        used.data<double>().ToArray().ShouldBe(before);
    }

    [Fact]
    public void The_elements_drawn_are_a_function_of_the_seed()
    {
        using var scope = NewDisposeScope();
        var w = Parameter(30, 30);
        long[] Drawn(long seed) =>
            [.. GradientCheck.Run([("w", w)], () => w.exp().sum(), new GradientCheckOptions { Seed = seed })[0].Elements.Select(
                e => e.Index)];

        Drawn(1).ShouldBe(Drawn(1));
        Drawn(1).ShouldNotBe(Drawn(2));
    }

    [Fact]
    public void Single_precision_is_refused()
    {
        using var w = zeros([2], ScalarType.Float32, requires_grad: true);

        Should.Throw<FineTuneException>(() => GradientCheck.Run([("w", w)], () => w.sum(), new GradientCheckOptions()))
            .Message.ShouldContain("Float64");
    }

    private static GradientFinding Check((string, Tensor) parameter, Func<Tensor> loss) =>
        GradientCheck.Run([parameter], loss, new GradientCheckOptions()).ShouldHaveSingleItem();

    private static Tensor Parameter(int rows, int columns) => Input(rows, columns).requires_grad_();

    private static Tensor Input(int rows, int columns)
    {
        var random = new RandomKey(rows, columns, 0, RandomUse.Diagnose).Stream();
        return tensor(Enumerable.Range(0, rows * columns).Select(_ => random.NextNormal()).ToArray(), [rows, columns]);
    }

    private static Tensor Labels(int n) => tensor(Enumerable.Range(0, n).Select(i => (long)(i % 3)).ToArray());
}
