using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Tests.Evaluate;

namespace FineTune.Tests.Ensemble;

public sealed class EnsembleReportTests
{
    [Fact]
    public void The_p_value_is_the_exact_binomial_tests()
    {
        foreach (var row in ScoreGoldens.Rows("mcnemar"))
        {
            Report((int)row[0], (int)row[1]).PValue.ShouldBe(row[2], 1e-9 * row[2]);
            Report((int)row[1], (int)row[0]).PValue.ShouldBe(row[2], 1e-9 * row[2]);
        }
    }

    private static EnsembleReport Report(int single, int ensemble)
    {
        var score = new Score(0, 0, 0, 0, 1);
        var none = new Predictions(["a", "b"], [], []);
        return new EnsembleReport("average", "val", "val", [], "001", score, score, single, ensemble) { SinglePredictions = none, Predictions = none };
    }
}
