using FineTune.Ensemble;

namespace FineTune.Tests.Ensemble;

public sealed class DeepEnsembleEquivalentTests
{
    [Theory]
    [InlineData(0.5, 1.0)]
    [InlineData(0.6, 1.0)]
    [InlineData(0.45, 1.5)]
    [InlineData(0.4, 2.0)]
    [InlineData(0.36, 2.8)]
    [InlineData(0.34, null)]
    public void It_lies_between_the_independent_models_in_a_straight_line(double nll, double? models)
    {
        var found = DeepEnsembleEquivalent.Of([0.5, 0.4, 0.35], nll);
        if (models is { } expected)
            found.ShouldNotBeNull().ShouldBe(expected, 1e-9);
        else
            found.ShouldBeNull();
    }
}
