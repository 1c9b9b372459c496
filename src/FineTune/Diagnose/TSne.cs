namespace FineTune.Diagnose;

/// <summary>
/// t-SNE (van der Maaten and Hinton 2008): points on a plane whose neighbours are those of the points in many dimensions. Exact, so its
/// time and memory grow with the square of the points. Distances between groups that are far apart mean little.
/// </summary>
internal static class TSne
{
    private const int Iterations = 750, Exaggerated = 250, SlowStart = 250;
    private const double Exaggeration = 12, FewestSteps = 50; // Belkina et al. 2019
    private const double MostNeighbours = 30; // perplexity; 5 to 50 is usual (section 2)

    /// <summary>The fewest points that have neighbours to speak of.</summary>
    public const int Fewest = 5;

    /// <summary>The perplexity for n points: 30, or (n - 1) / 3 of fewer than 91.</summary>
    public static double PerplexityOf(int n) => Math.Min(MostNeighbours, (n - 1) / 3.0);

    /// <summary>Places points on a plane.</summary>
    /// <param name="points">[n][d], at least <see cref="Fewest"/>.</param>
    /// <param name="seed">Decides where they begin: the same seed gives the same places.</param>
    /// <returns>[n] places, their mean at the origin.</returns>
    public static (double X, double Y)[] Of(IReadOnlyList<double[]> points, long seed)
    {
        var n = points.Count;
        var p = Affinities(points, PerplexityOf(n));
        var random = new RandomKey(seed, 0, n, RandomUse.Diagnose).Stream();
        var (y, step, gain, slope) = (new double[2 * n], new double[2 * n], new double[2 * n], new double[2 * n]);
        for (var k = 0; k < y.Length; k++)
            (y[k], gain[k]) = (1e-4 * random.NextNormal(), 1);
        var rate = Math.Max(FewestSteps, n / Exaggeration / 4);
        var kernel = new double[n * n];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Gradient(p, y, iteration < Exaggerated ? Exaggeration : 1, kernel, slope);
            var momentum = iteration < SlowStart ? 0.5 : 0.8;
            for (var k = 0; k < y.Length; k++)
            {
                gain[k] = Math.Max(0.01, (slope[k] > 0) == (step[k] > 0) ? gain[k] * 0.8 : gain[k] + 0.2); // Jacobs 1988
                step[k] = (momentum * step[k]) - (rate * gain[k] * slope[k]);
                y[k] += step[k];
            }

            Centre(y);
        }

        return [.. Enumerable.Range(0, n).Select(i => (y[2 * i], y[(2 * i) + 1]))];
    }

    /// <summary>
    /// [n, n] how much each pair are neighbours, symmetric, summing to 1: the mean of both conditional probabilities, whose widths give
    /// each point the perplexity.
    /// </summary>
    internal static double[] Affinities(IReadOnlyList<double[]> points, double perplexity)
    {
        var n = points.Count;
        var conditional = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            var distances = Array.ConvertAll([.. points], other => Squared(points[i], other));
            distances[i] = double.PositiveInfinity; // no neighbour of itself
            Neighbours(distances, Math.Log(perplexity), conditional.AsSpan(i * n, n));
        }

        var p = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                p[(i * n) + j] = (conditional[(i * n) + j] + conditional[(j * n) + i]) / (2 * n);
        }

        return p;
    }

    /// <summary>The gradient of sum p log(p / q), q being Student's t with one degree of freedom, by the places.</summary>
    /// <param name="p">[n, n] of <see cref="Affinities"/>.</param>
    /// <param name="y">[n, 2] places.</param>
    /// <param name="exaggeration">Factor on p.</param>
    /// <param name="kernel">[n, n], overwritten.</param>
    /// <param name="gradient">[n, 2], overwritten.</param>
    internal static void Gradient(double[] p, double[] y, double exaggeration, double[] kernel, double[] gradient)
    {
        var n = y.Length / 2;
        var sum = Kernel(y, kernel);
        Array.Clear(gradient);
        for (var i = 0; i < n; i++)
        {
            var (gx, gy) = (0.0, 0.0);
            for (var j = 0; j < i; j++)
            {
                var t = kernel[(i * n) + j];
                var force = 4 * ((exaggeration * p[(i * n) + j]) - (t / sum)) * t;
                var (fx, fy) = (force * (y[2 * i] - y[2 * j]), force * (y[(2 * i) + 1] - y[(2 * j) + 1]));
                (gx, gy) = (gx + fx, gy + fy);
                gradient[2 * j] -= fx;
                gradient[(2 * j) + 1] -= fy;
            }

            gradient[2 * i] += gx;
            gradient[(2 * i) + 1] += gy;
        }
    }

    /// <summary>What <see cref="Gradient"/> is the gradient of, without exaggeration.</summary>
    internal static double Divergence(double[] p, double[] y)
    {
        var n = y.Length / 2;
        var kernel = new double[n * n];
        var sum = Kernel(y, kernel);
        var divergence = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var pair = p[(i * n) + j];
                divergence += pair > 0 ? 2 * pair * Math.Log(pair * sum / kernel[(i * n) + j]) : 0;
            }
        }

        return divergence;
    }

    /// <summary>Writes 1 / (1 + distance²) of every pair j &lt; i, and gives the sum over all ordered pairs.</summary>
    private static double Kernel(double[] y, double[] kernel)
    {
        var n = y.Length / 2;
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            var (x0, y0) = (y[2 * i], y[(2 * i) + 1]);
            for (var j = 0; j < i; j++)
            {
                var (dx, dy) = (x0 - y[2 * j], y0 - y[(2 * j) + 1]);
                sum += kernel[(i * n) + j] = 1 / (1 + (dx * dx) + (dy * dy));
            }
        }

        return 2 * sum;
    }

    /// <summary>Probabilities proportional to exp(-beta d), beta searched by halving until their entropy is the wanted one.</summary>
    private static void Neighbours(double[] distances, double entropy, Span<double> probabilities)
    {
        var nearest = distances.Min();
        var (beta, low, high) = (1.0, 0.0, double.PositiveInfinity);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var (sum, weighted) = (0.0, 0.0);
            for (var j = 0; j < distances.Length; j++)
            {
                var away = distances[j] - nearest; // the nearest has probability 1 before scaling: nothing underflows to 0 / 0
                var weight = probabilities[j] = double.IsInfinity(away) ? 0 : Math.Exp(-beta * away);
                (sum, weighted) = (sum + weight, weighted + (weight > 0 ? weight * away : 0));
            }

            for (var j = 0; j < distances.Length; j++)
                probabilities[j] /= sum;
            var difference = Math.Log(sum) + (beta * weighted / sum) - entropy;
            if (Math.Abs(difference) < 1e-5)
                return;
            if (difference > 0)
                (low, beta) = (beta, double.IsInfinity(high) ? 2 * beta : (beta + high) / 2);
            else
                (high, beta) = (beta, (beta + low) / 2);
        }
    }

    private static double Squared(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum;
    }

    private static void Centre(double[] y)
    {
        var (x0, y0, n) = (0.0, 0.0, y.Length / 2);
        for (var i = 0; i < n; i++)
            (x0, y0) = (x0 + (y[2 * i] / n), y0 + (y[(2 * i) + 1] / n));
        for (var i = 0; i < n; i++)
            (y[2 * i], y[(2 * i) + 1]) = (y[2 * i] - x0, y[(2 * i) + 1] - y0);
    }
}
