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
    public void No_more_work_is_needed_than_by_SciPy(string function, string method)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("SecondOrder/minimizers.json")));
        var most = golden.RootElement.GetProperty(function).GetProperty(method).GetProperty("gradients").GetInt32();
        var f = Functions.Named(function);

        var found = new Minimizer(Method(method, f.Length)).Run(f, function == "quadratic" ? [.. Enumerable.Range(0, 10).Select(i => i - 3.5)] : [-1.2, 1]);

        found.Converged.ShouldBeTrue();
        found.X.ShouldAllBe(x => Math.Abs(x - (function == "quadratic" ? 0 : 1)) < 1e-7);
        found.Evaluations.ShouldBe(f.Evaluations);
        found.Evaluations.ShouldBeLessThanOrEqualTo(most);
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
        var found = new Minimizer(new NewtonMethod(10)).Run(Functions.Quadratic(10, 1e4), [.. Enumerable.Range(0, 10).Select(i => i - 3.5)], tolerance: 1e-9);

        found.Iterations.ShouldBe(1);
        found.Converged.ShouldBeTrue();
    }

    [Fact]
    public void A_damped_Newton_does_not_land_in_one_step()
    {
        new Minimizer(new NewtonMethod(10, damping: 1)).Run(Functions.Quadratic(10, 1e4), [.. Enumerable.Range(0, 10).Select(i => i - 3.5)]).Iterations.ShouldBeGreaterThan(1);
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

    [Fact]
    public void Lbfgs_gives_Bfgs_direction_after_one_step()
    {
        var f = Functions.Quadratic(10, 50);
        var (limited, matrix) = (new LbfgsMethod(10), new BfgsMethod(10));
        var from = LinePoint.At(f, [.. Enumerable.Range(0, 10).Select(i => i - 3.5)]);
        var to = LinePoint.At(f, [.. Enumerable.Range(0, 10).Select(i => (0.9 * i) - 3)]);
        var (a, b) = (new double[10], new double[10]);
        foreach (var method in new SecondOrderMethod[] { limited, matrix })
            method.Update([.. to.X.Zip(from.X, (x, y) => x - y)], [.. to.Gradient.Zip(from.Gradient, (x, y) => x - y)]);

        limited.Direction(f, to, a);
        matrix.Direction(f, to, b);

        for (var i = 0; i < 10; i++)
            a[i].ShouldBe(b[i], 1e-12 * Math.Abs(b[i]) + 1e-12);
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
