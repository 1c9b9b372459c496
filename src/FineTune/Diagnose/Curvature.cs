using FineTune.Optimize.SecondOrder;
using MathNet.Numerics.LinearAlgebra;

namespace FineTune.Diagnose;

/// <summary>
/// The extreme eigenvalues of a Hessian by Lanczos' method on its products, with full reorthogonalisation (Golub and Van Loan
/// 2013, 10.3). An eigenvalue of the small matrix T has an eigenvalue of H within its residual |b_k s_k|.
/// </summary>
public static class Curvature
{
    // The basis is kept whole.
    private const long MaxBasisBytes = 2L << 30;
    private const int CheckEvery = 5;
    private const double Breakdown = 1e-12;

    /// <summary>Measures a Hessian.</summary>
    /// <param name="hessian">[n, n].</param>
    /// <param name="length">n.</param>
    /// <param name="options">How; the basis of n doubles a step is held to 2 GiB.</param>
    /// <param name="progress">Told of the products taken.</param>
    /// <exception cref="FineTuneException">A product is not finite.</exception>
    public static CurvatureReport Measure(IHessian hessian, int length, CurvatureOptions options, IProgress<int>? progress = null)
    {
        var most = (int)Math.Min(Math.Min(options.Steps, length), Math.Max(2, MaxBasisBytes / (sizeof(double) * (long)length)));
        var basis = new List<double[]> { Start(length, options.Seed) };
        var (diagonal, off) = (new List<double>(), new List<double>());
        while (true)
        {
            var v = basis[^1];
            var next = new double[length];
            hessian.Multiply(v, next);
            diagonal.Add(Doubles.Dot(v, next));
            if (!Doubles.AllFinite(next))
            {
                throw new FineTuneException(
                    "The Hessian has values that are not finite; curvature is measured where the loss is finite and smooth.");
            }
            Orthogonalise(next, basis);
            var beta = Doubles.Norm(next);
            off.Add(beta);
            progress?.Report(diagonal.Count);
            var scale = diagonal.Concat(off.SkipLast(1)).Max(Math.Abs);
            var ended = diagonal.Count == most || beta <= Breakdown * scale;
            if (ended || diagonal.Count % CheckEvery == 0)
            {
                var report = Ends(diagonal, off, length, options.Tolerance);
                if (ended || report.Converged)
                    return report;
            }

            Doubles.Scale(next, 1 / beta);
            basis.Add(next);
        }
    }

    /// <summary>Twice is enough (Parlett 1998).</summary>
    private static void Orthogonalise(double[] v, List<double[]> basis)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var b in basis)
                Doubles.AddScaled(v, -Doubles.Dot(v, b), b);
        }
    }

    private static CurvatureReport Ends(List<double> diagonal, List<double> off, int length, double tolerance)
    {
        var k = diagonal.Count;
        var t = Matrix<double>.Build.Dense(k, k, (i, j) => i == j ? diagonal[i] : Math.Abs(i - j) == 1 ? off[Math.Min(i, j)] : 0);
        var evd = t.Evd(Symmetricity.Symmetric);
        var values = evd.EigenValues.Select(e => e.Real).ToArray();
        var (low, high) = (Array.IndexOf(values, values.Min()), Array.IndexOf(values, values.Max()));
        var (lowError, highError) = (Residual(low), Residual(high));
        var small = tolerance * Math.Max(Math.Abs(values[low]), Math.Abs(values[high]));
        return new CurvatureReport(values[high], highError, values[low], lowError, length, k, lowError <= small && highError <= small);

        double Residual(int column) => Math.Abs(off[^1] * evd.EigenVectors[k - 1, column]);
    }

    private static double[] Start(int length, long seed)
    {
        var random = new RandomKey(seed, 0, 0, RandomUse.Diagnose).Stream();
        var v = new double[length];
        for (var i = 0; i < length; i++)
            v[i] = random.NextNormal();
        Doubles.Scale(v, 1 / Doubles.Norm(v));
        return v;
    }
}
