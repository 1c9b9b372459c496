using FineTune.Optimize.SecondOrder;

namespace FineTune.Tests.Optimize.SecondOrder;

/// <summary>A function given by its formula, gradient and Hessian; counts how often it is asked.</summary>
internal sealed class Formula(
    int length, Func<double[], double> value, Func<double[], double[]> gradient, Func<double[], double[,]> hessian) : IObjective
{
    public int Length => length;

    public int Evaluations { get; private set; }

    public int Products { get; private set; }

    public double Evaluate(Span<double> x, Span<double> result)
    {
        Evaluations++;
        var point = x.ToArray();
        gradient(point).CopyTo(result);
        return value(point);
    }

    public IHessian Hessian(ReadOnlySpan<double> x) => new Matrix(this, hessian(x.ToArray()));

    private sealed class Matrix(Formula owner, double[,] h) : IHessian
    {
        public void Multiply(ReadOnlySpan<double> v, Span<double> result)
        {
            owner.Products++;
            for (var i = 0; i < v.Length; i++)
            {
                result[i] = 0;
                for (var j = 0; j < v.Length; j++)
                    result[i] += h[i, j] * v[j];
            }
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>The functions that methods are tried on.</summary>
internal static class Functions
{
    /// <summary>(1 - x)^2 + 100 (y - x^2)^2; minimum 0 at (1, 1).</summary>
    public static Formula Rosenbrock() => new(
        2,
        p => Math.Pow(1 - p[0], 2) + (100 * Math.Pow(p[1] - (p[0] * p[0]), 2)),
        p => [(-2 * (1 - p[0])) - (400 * p[0] * (p[1] - (p[0] * p[0]))), 200 * (p[1] - (p[0] * p[0]))],
        p => new[,] { { 2 - (400 * p[1]) + (1200 * p[0] * p[0]), -400 * p[0] }, { -400 * p[0], 200 } });

    /// <summary>(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2; minimum 0 at (3, 0.5).</summary>
    public static Formula Beale()
    {
        double[] c = [1.5, 2.25, 2.625];
        double R(double[] p, int k) => c[k] - p[0] + (p[0] * Math.Pow(p[1], k + 1));
        double[] J(double[] p, int k) => [Math.Pow(p[1], k + 1) - 1, (k + 1) * p[0] * Math.Pow(p[1], k)];
        return new(
            2,
            p => Enumerable.Range(0, 3).Sum(k => Math.Pow(R(p, k), 2)),
            p => [.. Enumerable.Range(0, 2).Select(i => Enumerable.Range(0, 3).Sum(k => 2 * R(p, k) * J(p, k)[i]))],
            p =>
            {
                var h = new double[2, 2];
                for (var k = 0; k < 3; k++)
                {
                    var j = J(p, k);
                    var mixed = (k + 1) * Math.Pow(p[1], k);
                    h[0, 0] += 2 * j[0] * j[0];
                    h[0, 1] += 2 * ((j[0] * j[1]) + (R(p, k) * mixed));
                    h[1, 1] += 2 * ((j[1] * j[1]) + (k == 0 ? 0 : R(p, k) * (k + 1) * k * p[0] * Math.Pow(p[1], k - 1)));
                }

                h[1, 0] = h[0, 1];
                return h;
            });
    }

    /// <summary>
    /// 1/2 sum of e_i x_i^2 turned by the reflection of (1, 2, ..., n), e from 1 to <paramref name="condition"/>; minimum 0 at 0.
    /// </summary>
    public static Formula Quadratic(int n, double condition)
    {
        double[] u = [.. Enumerable.Range(1, n)];
        var norm = Math.Sqrt(u.Sum(a => a * a));
        double Q(int i, int j) => (i == j ? 1 : 0) - (2 * u[i] * u[j] / norm / norm);
        var h = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                    h[i, j] += Q(i, k) * Math.Pow(condition, k / (n - 1.0)) * Q(j, k);
            }
        }

        double[] Times(double[] x) => [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => h[i, j] * x[j]))];
        return new(n, x => 0.5 * x.Zip(Times(x), (a, b) => a * b).Sum(), Times, _ => h);
    }

    /// <summary>(x^2 - 1)^2 / 4 + y^2 / 2: a saddle at 0, minima 0 at (1, 0) and (-1, 0).</summary>
    public static Formula Saddle() => new(
        2,
        p => (Math.Pow((p[0] * p[0]) - 1, 2) / 4) + (p[1] * p[1] / 2),
        p => [p[0] * ((p[0] * p[0]) - 1), p[1]],
        p => new[,] { { (3 * p[0] * p[0]) - 1, 0 }, { 0, 1 } });

    public static Formula Named(string name) => name switch
    {
        "rosenbrock" => Rosenbrock(),
        "beale" => Beale(),
        "quadratic" => Quadratic(10, 1e4),
        _ => Saddle(),
    };
}
