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
        return new EnsembleReport("average", "val", "val", [], "001", score, score, single, ensemble);
    }
}
