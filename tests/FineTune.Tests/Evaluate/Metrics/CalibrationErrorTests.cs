using FineTune.Evaluate.Metrics;

namespace FineTune.Tests.Evaluate.Metrics;

public sealed class CalibrationErrorTests
{
    /// <summary>Guo et al. 2017, equation 3: the bins are ((m - 1) / 15, m / 15].</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1.0 / 15, 0)]
    [InlineData(0.0667, 1)]
    [InlineData(0.2, 2)]
    [InlineData(0.2001, 3)]
    [InlineData(0.6, 8)]
    [InlineData(1, 14)]
    public void The_upper_edge_belongs_to_a_bin(double confidence, int bin) => CalibrationError.BinOf(confidence, 15).ShouldBe(bin);

    /// <summary>0.6 wrong and 0.55 right are in one bin, where the gaps of 0.6 and -0.45 nearly cancel; 0.61 is in the next.</summary>
    [Theory]
    [InlineData(0.6, 0.15 / 2)]
    [InlineData(0.61, (0.61 + 0.45) / 2)]
    public void Gaps_of_a_bin_cancel(double wrong, double error) =>
        CalibrationError.EqualWidth(new(["a", "b"], [1, 0], [wrong, 1 - wrong, 0.55, 0.45])).ShouldBe(error, 1e-12);

    [Fact]
    public void A_class_that_is_never_predicted_has_no_threshold()
    {
        var found = ClassThreshold.Of(new(["a", "b", "c"], [0, 1, 1], [0.9, 0.1, 0, 0.6, 0.4, 0, 0.2, 0.8, 0]), 0.5);
        found.Select(c => (c.Class, c.N, c.Point?.Threshold)).ShouldBe([("a", 2, 0.9), ("b", 1, 0.8), ("c", 0, null)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.01)]
    public void A_coverage_out_of_range_is_refused(double coverage) =>
        Should.Throw<ArgumentOutOfRangeException>(() => RiskCoverage.Of(new(["a", "b"], [0], [0.9, 0.1])).At(coverage));
}
