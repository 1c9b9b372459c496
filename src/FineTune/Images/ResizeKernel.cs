namespace FineTune.Images;

/// <summary>
/// The triangle filter's weights along one axis: for each target position a first source position, a number of taps and
/// their weights in 22-bit fixed point. Formula and order of operations are those of Pillow's Resample.c, whose results
/// depend on both.
/// </summary>
internal sealed class ResizeKernel
{
    /// <summary>Bits behind the point: 8-bit values times weights summing to 1 leave 2 of 32 bits (PRECISION_BITS).</summary>
    public const int Precision = 32 - 8 - 2;

    /// <summary>Weights for resampling [from, to) of an axis to <paramref name="target"/> positions.</summary>
    /// <param name="source">Positions of the axis, at least 1; taps never leave 0..source.</param>
    /// <param name="from">First edge of the part that is resampled.</param>
    /// <param name="to">Its last edge.</param>
    /// <param name="target">Positions wanted, at least 1.</param>
    public ResizeKernel(int source, float from, float to, int target)
    {
        var scale = (double)(to - from) / target;
        var stretch = Math.Max(scale, 1.0); // enlarging, the triangle is one pixel to each side; reducing, as wide as a target pixel
        MaxTaps = ((int)Math.Ceiling(stretch) * 2) + 1;
        First = new int[target];
        Taps = new int[target];
        Weights = new int[target * MaxTaps];
        Span<double> exact = MaxTaps <= 256 ? stackalloc double[MaxTaps] : new double[MaxTaps];
        for (var i = 0; i < target; i++)
        {
            var center = from + ((i + 0.5) * scale);
            var first = Math.Max(0, (int)(center - stretch + 0.5));
            var taps = Math.Min(source, (int)(center + stretch + 0.5)) - first;
            (First[i], Taps[i]) = (first, taps);
            var sum = 0.0;
            for (var k = 0; k < taps; k++)
            {
                exact[k] = Math.Max(0, 1.0 - Math.Abs((k + first - center + 0.5) * (1.0 / stretch)));
                sum += exact[k];
            }

            for (var k = 0; k < taps; k++)
                Weights[(i * MaxTaps) + k] = (int)(0.5 + ((sum != 0 ? exact[k] / sum : exact[k]) * (1 << Precision)));
        }
    }

    /// <summary>Weights reserved for each target position.</summary>
    public int MaxTaps { get; }

    /// <summary>[target]: the first source position that counts.</summary>
    public int[] First { get; }

    /// <summary>[target]: how many count.</summary>
    public int[] Taps { get; }

    /// <summary>[target, MaxTaps]: 22-bit fixed point, not negative.</summary>
    public int[] Weights { get; }
}
