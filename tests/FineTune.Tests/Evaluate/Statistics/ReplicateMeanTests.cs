using FineTune.Evaluate.Statistics;

namespace FineTune.Tests.Evaluate.Statistics;

/// <summary>Numbers of SciPy and of Nadeau and Bengio's formula: scripts/goldens/sweeps.py.</summary>
public sealed class ReplicateMeanTests
{
    [Theory]
    [InlineData(new[] { 0.02, 0.01, 0.03 }, 0.0, 0.02, -0.0048413771184375246, 0.044841377118437525, 0.07417990022744853)]
    [InlineData(new[] { 0.02, 0.01, 0.03 }, 0.25, 0.02, -0.012862053039877999, 0.052862053039877996, 0.12011730987188023)]
    [InlineData(new[] { 0.5, -0.2, 0.1, 0.4, 0.0 }, 0.0, 0.16, -0.19771992844701167, 0.5177199284470116, 0.28213534548563024)]
    [InlineData(new[] { 0.5, -0.2, 0.1, 0.4, 0.0 }, 0.25, 0.16, -0.3765798926705175, 0.6965798926705176, 0.4542654468556836)]
    [InlineData(new[] { 1.5, 1.25, 1.75, 2.0 }, 0.0, 1.625, 1.1114349358097804, 2.1385650641902196, 0.002085480314975278)]
    [InlineData(new[] { 1.5, 1.25, 1.75, 2.0 }, 0.25, 1.625, 0.898709321061182, 2.351290678938818, 0.005700985628583049)]
    public void Mean_interval_and_p_are_those_of_SciPy(double[] values, double overlap, double mean, double low, double high, double p)
    {
        var found = ReplicateMean.Of(values, overlap);
        found.Mean.ShouldBe(mean, 1e-12);
        found.Interval!.Value.Low.ShouldBe(low, 1e-9);
        found.Interval.Value.High.ShouldBe(high, 1e-9);
        found.PValue!.Value.ShouldBe(p, 1e-9);
    }

    [Fact]
    public void A_single_value_and_equal_ones_have_no_interval()
    {
        ReplicateMean.Of([0.5]).ShouldBe(new ReplicateMean(0.5, null, null));
        ReplicateMean.Of([0, 0, 0]).ShouldBe(new ReplicateMean(0, null, 1));
        ReplicateMean.Of([0.5, 0.5]).ShouldBe(new ReplicateMean(0.5, null, null));
        ReplicateMean.Of([0.1 + 0.2, 0.3]).PValue.ShouldBeNull();
        ReplicateMean.Of([0.9, 1]).AsRate().Interval!.Value.High.ShouldBe(1);
        Should.Throw<ArgumentException>(() => ReplicateMean.Of([]));
    }
}
