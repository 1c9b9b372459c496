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

    [Theory]
    [InlineData(5, 5, 0.1, "as the best single member; its NLL is lower (0.500 against 0.600)")]
    [InlineData(5, 5, 0, "as the best single member")]
    [InlineData(6, 1, 0.1, "to tell for sure; its NLL is lower (0.500 against 0.600)")]
    [InlineData(6, 1, -0.1, "to tell for sure")]
    public void A_lower_nll_is_told(int single, int ensemble, double more, string ends)
    {
        var report = Report(single, ensemble);
        (report with { Single = report.Single with { Nll = 0.5 + more } }).Verdict.ShouldEndWith(ends);
    }

    [Fact] // of as many images right, the lower nll is the better
    public void The_runs_own_result_with_the_lower_nll_is_the_better_of_two_that_are_as_often_right()
    {
        var report = Report(1, 20);
        foreach (var (nll, name) in new[] { (0.4, "the run's own result"), (0.6, "the best single member") })
        {
            (report with { Result = new OwnResult(report.Single with { Nll = nll }, new(1, 20)) }).Verdict
                .ShouldBe($"yes: the ensemble is better than {name}");
        }
    }

    [Fact]
    public void A_runs_own_result_is_scored_on_the_ensembles_images()
    {
        var result = new Predictions(["a", "b"], [0, 0, 0], [0.9, 0.1, 0.9, 0.1, 0.2, 0.8]);
        var ensemble = result with { Probabilities = [0.4, 0.6, 0.4, 0.6, 0.8, 0.2] };
        var own = OwnResult.Of(result, ensemble);
        (own.Score.Top1, own.Score.N, own.Difference, own.IsChosenHere).ShouldBe((2.0 / 3, 3, new McNemar(2, 1), false));
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
