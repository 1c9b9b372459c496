using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Tests.Ensemble;

public sealed class EnsembleReportTests
{
    [Fact]
    public void The_p_value_is_McNemars() => Report(3, 9).PValue.ShouldBe(new McNemar(3, 9).PValue);

    private static EnsembleReport Report(int single, int ensemble)
    {
        var score = new Score(0, 0, 0, 0, 1);
        var none = new Predictions(["a", "b"], [], []);
        return new EnsembleReport("average", "val", "val", [], "001", score, score, single, ensemble)
        {
            Diversity = new(null, 0),
            SinglePredictions = none,
            Predictions = none,
        };
    }
}
