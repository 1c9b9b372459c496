using FineTune.Diagnose;
using FineTune.Optimize.SecondOrder;
using FineTune.Tests.Optimize.SecondOrder;
using MathNet.Numerics.LinearAlgebra;
using static TorchSharp.torch;

namespace FineTune.Tests.Diagnose;

public sealed class CurvatureTests
{
    [Fact]
    public void The_ends_of_the_spectrum_are_those_of_the_exact_Hessian_of_a_small_network()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (x, y) = (randn([40, 5], ScalarType.Float64), randint(3, [40], ScalarType.Int64));
        var w1 = randn([5, 8], ScalarType.Float64).requires_grad_();
        var w2 = randn([8, 3], ScalarType.Float64).requires_grad_();
        using var hessian = new HessianGraph(nn.functional.cross_entropy(x.mm(w1).tanh().mm(w2), y), [w1, w2]);
        const int N = 64;
        var exact = Matrix<double>.Build.Dense(N, N);
        for (var i = 0; i < N; i++)
        {
            var column = new double[N];
            hessian.Multiply([.. Enumerable.Range(0, N).Select(j => i == j ? 1.0 : 0)], column);
            exact.SetColumn(i, column);
        }

        (exact - exact.Transpose()).FrobeniusNorm().ShouldBeLessThan(1e-12);
        var eigenvalues = exact.Evd(Symmetricity.Symmetric).EigenValues.Select(e => e.Real).ToArray();

        var found = Curvature.Measure(hessian, N, new CurvatureOptions { Tolerance = 1e-9 });

        found.Converged.ShouldBeTrue();
        found.Largest.ShouldBe(eigenvalues.Max(), 1e-8);
        found.Smallest.ShouldBe(eigenvalues.Min(), 1e-8);
        eigenvalues.Min().ShouldBeLessThan(0);
        found.Condition.ShouldBeNull();
    }

    [Fact]
    public void The_condition_number_of_a_quadratic_is_found_within_its_dimension()
    {
        var f = Functions.Quadratic(20, 1e4);

        var found = Curvature.Measure(f.Hessian(new double[20]), 20, new CurvatureOptions { Tolerance = 1e-9 });

        found.Steps.ShouldBeLessThanOrEqualTo(20);
        found.Steps.ShouldBe(f.Products);
        found.Condition!.Value.ShouldBe(1e4, 1e-2);
        found.LargestStableLr!.Value.ShouldBe(2e-4, 1e-9);
    }

    [Fact]
    public void Too_few_steps_are_told()
    {
        var found = Curvature.Measure(
            Functions.Quadratic(60, 1e6).Hessian(new double[60]),
            60,
            new CurvatureOptions { Steps = 6, Tolerance = 1e-9 });

        found.Converged.ShouldBeFalse();
        found.SmallestError.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_direction_without_curvature_ends_the_search_cleanly()
    {
        var flat = new Formula(3, _ => 0, _ => [0, 0, 0], _ => new double[3, 3]);

        var found = Curvature.Measure(flat.Hessian([0, 0, 0]), 3, new CurvatureOptions());

        (found.Largest, found.Smallest, found.Steps).ShouldBe((0.0, 0.0, 1));
        found.Condition.ShouldBeNull();
        found.LargestStableLr.ShouldBeNull();
    }
}
