using System.Text.Json;
using FineTune.Optimize.SecondOrder;

namespace FineTune.Tests.Optimize.SecondOrder;

public sealed class MinimizerTests
{
    [Theory]
    [InlineData("rosenbrock", "lbfgs")]
    [InlineData("rosenbrock", "bfgs")]
    [InlineData("rosenbrock", "newton-cg")]
    [InlineData("quadratic", "lbfgs")]
    [InlineData("quadratic", "bfgs")]
    [InlineData("quadratic", "newton-cg")]
    public void Work_is_at_most_one_and_a_half_of_SciPys(string function, string method)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("SecondOrder/minimizers.json")));
        var theirs = golden.RootElement.GetProperty(function).GetProperty(method).GetProperty("gradients").GetInt32();
        var f = Functions.Named(function);

        var found = new Minimizer(Method(method, f.Length))
            .Run(f, function == "quadratic" ? [.. Enumerable.Range(0, 10).Select(i => i - 3.5)] : [-1.2, 1]);

        found.Converged.ShouldBeTrue();
        found.X.ShouldAllBe(x => Math.Abs(x - (function == "quadratic" ? 0 : 1)) < 1e-7);
        found.Evaluations.ShouldBe(f.Evaluations);
        found.Evaluations.ShouldBeLessThanOrEqualTo(3 * theirs / 2);
    }

    [Fact]
    public void Newton_solves_Rosenbrock()
    {
        var found = new Minimizer(new NewtonMethod(2)).Run(Functions.Rosenbrock(), [-1.2, 1]);

        found.Converged.ShouldBeTrue();
        found.X.ShouldAllBe(x => Math.Abs(x - 1) < 1e-7);
        found.Evaluations.ShouldBeLessThanOrEqualTo(40);
    }

    [Theory]
    [InlineData("lbfgs")]
    [InlineData("bfgs")]
    [InlineData("newton")]
    [InlineData("newton-cg")]
    public void Beale_is_solved(string method)
    {
        var found = new Minimizer(Method(method, 2)).Run(Functions.Beale(), [1, 0.9]);

        found.Converged.ShouldBeTrue();
        found.X[0].ShouldBe(3, 1e-6);
        found.X[1].ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public void Newton_lands_in_one_step_on_a_quadratic()
    {
        var found = new Minimizer(new NewtonMethod(10))
            .Run(Functions.Quadratic(10, 1e4), [.. Enumerable.Range(0, 10).Select(i => i - 3.5)], tolerance: 1e-9);

        found.Iterations.ShouldBe(1);
        found.Converged.ShouldBeTrue();
    }

    [Fact]
    public void A_damped_Newton_does_not_land_in_one_step()
    {
        new Minimizer(new NewtonMethod(10, damping: 1)).Run(Functions.Quadratic(10, 1e4), [.. Enumerable.Range(0, 10).Select(i => i - 3.5)])
            .Iterations.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("lbfgs")]
    [InlineData("bfgs")]
    [InlineData("newton")]
    [InlineData("newton-cg")]
    public void Negative_curvature_beside_a_saddle_leads_away_from_it(string method)
    {
        var found = new Minimizer(Method(method, 2)).Run(Functions.Saddle(), [0.01, 0.5]);

        found.Converged.ShouldBeTrue();
        found.Value.ShouldBe(0, 1e-12);
        found.X[0].ShouldBe(1, 1e-6);
    }

    [Theory]
    [InlineData("lbfgs")]
    [InlineData("bfgs")]
    public void The_last_steps_change_is_met_by_the_last_step(string name)
    {
        var f = Functions.Quadratic(10, 50);
        var method = Method(name, 10);
        double[][] path = [.. Enumerable.Range(0, 4).Select(k => Enumerable.Range(0, 10).Select(i => Math.Sin((3 * i) + k)).ToArray())];
        double[] step = [], change = [];
        for (var k = 1; k < path.Length; k++)
        {
            var (from, to) = (LinePoint.At(f, path[k - 1]), LinePoint.At(f, path[k]));
            step = [.. to.X.Zip(from.X, (x, y) => x - y)];
            change = [.. to.Gradient.Zip(from.Gradient, (x, y) => x - y)];
            method.Update(step, change);
        }

        var direction = new double[10];
        method.Direction(f, LinePoint.At(f, path[^1]) with { Gradient = change }, direction);

        for (var i = 0; i < 10; i++)
            direction[i].ShouldBe(-step[i], 1e-12);
    }

    [Theory]
    [InlineData("bfgs", 4096)]
    [InlineData("newton", 2048)]
    public void A_method_with_a_matrix_refuses_more_parameters_than_it_can_take(string method, int most)
    {
        Should.Throw<FineTuneException>(() => Method(method, most + 1)).Message.ShouldContain($"{most} ");
    }

    private static SecondOrderMethod Method(string name, int length) => name switch
    {
        "lbfgs" => new LbfgsMethod(length),
        "bfgs" => new BfgsMethod(length),
        "newton" => new NewtonMethod(length),
        _ => new NewtonCgMethod(),
    };
}
