namespace FineTune.Evaluate.Calibration;

/// <summary>
/// The rising function nearest to given values: isotonic regression by pooling adjacent violators, which also has the least negative
/// log-likelihood of all rising functions. Between the given points it is linear, beyond them constant.
/// </summary>
/// <param name="X">Points, rising.</param>
/// <param name="Y">Values at them, not falling.</param>
public sealed record IsotonicCurve(IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Fits values at points; those of equal points are averaged first.</summary>
    /// <param name="x">At least one point, in any order.</param>
    /// <param name="y">A value a point.</param>
    public static IsotonicCurve Fit(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var points = x.Zip(y).GroupBy(p => p.First).OrderBy(g => g.Key)
            .Select(g => (X: g.Key, Sum: g.Sum(p => p.Second), Count: g.Count()))
            .ToArray();
        var blocks = new Stack<(double Sum, int Count, int Points)>();
        foreach (var point in points)
        {
            var block = (point.Sum, point.Count, Points: 1);
            while (blocks.TryPeek(out var before) && before.Sum * block.Count >= block.Sum * before.Count) // not above it
            {
                blocks.Pop();
                block = (before.Sum + block.Sum, before.Count + block.Count, before.Points + block.Points);
            }

            blocks.Push(block);
        }

        var values = blocks.Reverse().SelectMany(b => Enumerable.Repeat(b.Sum / b.Count, b.Points));
        return new IsotonicCurve([.. points.Select(p => p.X)], [.. values]);
    }

    /// <summary>The value at a point.</summary>
    public double At(double x)
    {
        var (low, high) = (0, X.Count - 1);
        if (x <= X[low])
            return Y[low];
        if (x >= X[high])
            return Y[high];
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = X[middle] <= x ? (middle, high) : (low, middle);
        }

        return Y[low] + ((Y[high] - Y[low]) * (x - X[low]) / (X[high] - X[low]));
    }
}
