namespace FineTune.Experiment.Sweeps;

/// <summary>
/// The sequence of Sobol (1967) in several dimensions, by the direction numbers of Joe and Kuo (2008), moved by a random digital
/// shift: its points fill the unit cube evenly, however many are taken.
/// </summary>
internal static class Sobol
{
    private const int Bits = 32;

    /// <summary>Degree, coefficients and first direction numbers of the dimensions after the first.</summary>
    private static readonly (int Degree, uint Polynomial, uint[] First)[] Rows =
    [
        (1, 0, [1]),
        (2, 1, [1, 3]),
        (3, 1, [1, 3, 1]),
        (3, 2, [1, 1, 1]),
        (4, 1, [1, 1, 3, 3]),
        (4, 4, [1, 3, 5, 13]),
        (5, 2, [1, 1, 5, 5, 17]),
        (5, 4, [1, 1, 5, 5, 5]),
        (5, 7, [1, 1, 7, 11, 19]),
        (5, 11, [1, 1, 5, 1, 1]),
        (5, 13, [1, 1, 1, 3, 11]),
        (5, 14, [1, 3, 5, 5, 31]),
        (6, 1, [1, 3, 3, 9, 7, 49]),
        (6, 13, [1, 1, 1, 15, 21, 21]),
        (6, 16, [1, 3, 1, 13, 27, 49]),
    ];

    /// <summary>The most dimensions.</summary>
    public static int MostDimensions => Rows.Length + 1;

    /// <summary>Points of the sequence.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dimensions">1 to <see cref="MostDimensions"/>.</param>
    /// <param name="shift">Added to each coordinate, bit by bit without carry; null: the sequence as it is, from the origin.</param>
    /// <returns>A point a row, coordinates in [0, 1).</returns>
    public static double[][] Points(int count, int dimensions, IReadOnlyList<uint>? shift = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MostDimensions);
        var directions = Enumerable.Range(0, dimensions).Select(Directions).ToArray();
        var state = new uint[dimensions];
        var points = new double[count][];
        for (var i = 0; i < count; i++)
        {
            points[i] = [.. state.Select((x, d) => (x ^ (shift?[d] ?? 0)) * Math.ScaleB(1, -Bits))];
            var bit = System.Numerics.BitOperations.TrailingZeroCount(~i); // Gray code (Antonov and Saleev 1979)
            for (var d = 0; d < dimensions; d++)
                state[d] ^= directions[d][bit];
        }

        return points;
    }

    private static uint[] Directions(int dimension)
    {
        var v = new uint[Bits];
        if (dimension == 0)
        {
            for (var k = 0; k < Bits; k++)
                v[k] = 1u << (Bits - 1 - k);
            return v;
        }

        var (s, a, m) = Rows[dimension - 1];
        for (var k = 0; k < Bits; k++)
        {
            if (k < s)
            {
                v[k] = m[k] << (Bits - 1 - k);
                continue;
            }

            v[k] = v[k - s] ^ (v[k - s] >> s);
            for (var j = 1; j < s; j++)
            {
                if (((a >> (s - 1 - j)) & 1) == 1)
                    v[k] ^= v[k - j];
            }
        }

        return v;
    }
}
