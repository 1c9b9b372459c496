using FineTune.Optimize.SecondOrder;

namespace FineTune.Tests.Optimize.SecondOrder;

public sealed class WolfeSearchTests
{
    [Theory]
    [InlineData("rosenbrock", 0.9)]
    [InlineData("rosenbrock", 0.1)]
    [InlineData("beale", 0.9)]
    [InlineData("beale", 0.1)]
    [InlineData("quadratic", 0.9)]
    [InlineData("quadratic", 0.01)]
    [InlineData("saddle", 0.5)]
    public void A_step_satisfies_the_strong_Wolfe_conditions_from_any_start_direction_and_trial(string function, double c2)
    {
        var options = new WolfeOptions { C2 = c2, MaxEvaluations = 60 };
        for (var k = 0; k < 300; k++)
        {
            var f = Functions.Named(function);
            var random = new RandomKey(1, 0, k, RandomUse.Diagnose).Stream();
            var start = LinePoint.At(f, [.. Enumerable.Range(0, f.Length).Select(_ => random.NextDouble(-2, 2))]);
            // of negative slope, and not the gradient's
            double[] direction = [.. start.Gradient.Select(g => (-g * Math.Exp(random.NextNormal())))];
            var slope = Dot(start.Gradient, direction);

            var found = WolfeSearch.Search(f, start, direction, Math.Pow(10, random.NextDouble(-6, 3)), options);

            found.Satisfied.ShouldBeTrue($"case {k}");
            var rounding = 1e-15 * Math.Abs(start.Value);
            var here = LinePoint.At(f, [.. start.X.Zip(direction, (x, d) => x + (found.Point.Alpha * d))]);
            here.Value.ShouldBeLessThanOrEqualTo(start.Value + (options.C1 * found.Point.Alpha * slope) + (2 * rounding), $"case {k}");
            Math.Abs(Dot(here.Gradient, direction)).ShouldBeLessThanOrEqualTo(-c2 * slope * (1 + 1e-9), $"case {k}");
            found.Evaluations.ShouldBe(f.Evaluations - 2);
        }
    }

    [Fact]
    public void A_cliff_of_values_that_are_no_numbers_is_stepped_back_from()
    {
        var f = new Formula(
            1, x => x[0] < 1 ? -Math.Log(1 - x[0]) - (2 * x[0]) : double.NaN, x => [(1 / (1 - x[0])) - 2], _ => new double[1, 1]);

        var found = WolfeSearch.Search(f, LinePoint.At(f, [0]), [1], 100, new WolfeOptions { C2 = 0.1 });

        found.Satisfied.ShouldBeTrue();
        found.Point.X[0].ShouldBe(0.5, 0.06); // the slope there is a tenth of the first at most
    }

    [Fact]
    public void A_value_that_never_falls_leaves_the_start_where_it_is()
    {
        var f = new Formula(1, x => Math.Abs(x[0]), _ => [1], _ => new double[1, 1]); // the gradient lies on the left

        var found = WolfeSearch.Search(f, LinePoint.At(f, [0]), [-1], 1, new WolfeOptions());

        found.Satisfied.ShouldBeFalse();
        found.Point.Alpha.ShouldBe(0);
        found.Point.X[0].ShouldBe(0);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
