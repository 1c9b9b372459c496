using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Tests.Ensemble;

public sealed class EnsembleReportTests
{
    [Fact]
    public void The_p_value_is_McNemars() => Report(3, 9).PValue.ShouldBe(new McNemar(3, 9).PValue);

    [Theory] // images that only the single member, and only the ensemble, gets right; those that only the run's own result does
    [InlineData(3, 9, null, "not shown: the ensemble gets more images right than the best single member, but the 12 images of 100")]
    [InlineData(1, 20, null, "yes: the ensemble is better than the best single member")]
    [InlineData(5, 5, null, "no: the ensemble gets as many images right as the best single member")]
    [InlineData(6, 1, null, "no: the ensemble gets fewer images right than the best single member, but the 7 images of 100")]
    [InlineData(20, 1, null, "no: the ensemble is worse than the best single member; use that")]
    [InlineData(1, 20, 4, "no: the ensemble gets fewer images right than the run's own result, but the 4 images of 100")]
    [InlineData(1, 20, 30, "no: the ensemble is worse than the run's own result; use that")]
    public void The_verdict_is_against_the_better_of_the_best_member_and_the_runs_own_result(
        int single, int ensemble, int? own, string begins)
    {
        var report = Report(single, ensemble);
        if (own is { } right)
        {
            var score = report.Ensemble with { Top1 = report.Ensemble.Top1 + (right / 100.0) };
            report = report with { Result = new OwnResult(score, new(right, 0)) };
        }

        report.Verdict.ShouldStartWith(begins);
    }

    private static EnsembleReport Report(int single, int ensemble)
    {
        var score = new Score(0.5, 1, 0.5, 0.1, 100);
        var none = new Predictions(["a", "b"], [], []);
        var better = score with { Top1 = 0.5 + ((ensemble - single) / 100.0) };
        return new EnsembleReport("average", "val", "val", [], "001", score, better, single, ensemble)
        {
            Diversity = new(null, 0),
            SinglePredictions = none,
            Predictions = none,
        };
    }
}
