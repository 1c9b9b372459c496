namespace FineTune.Images;

/// <summary>
/// A filter's weights along one axis: for each target position a first source position, a number of taps and their weights in
/// 22-bit fixed point. Formula and order of operations are those of Pillow's Resample.c, whose results depend on both.
/// </summary>
internal sealed class ResizeKernel
{
    /// <summary>Bits behind the point: 8-bit values times weights summing to 1 leave 2 of 32 bits (PRECISION_BITS).</summary>
    public const int Precision = 32 - 8 - 2;

    private const double Keys = -0.5; // the cubic's a

    /// <summary>Weights for resampling [from, to) of an axis to <paramref name="target"/> positions.</summary>
    /// <param name="source">Positions of the axis, at least 1; taps never leave 0..source.</param>
    /// <param name="from">First edge of the part that is resampled.</param>
    /// <param name="to">Its last edge.</param>
    /// <param name="target">Positions wanted, at least 1.</param>
    /// <param name="interpolation">The filter.</param>
    public ResizeKernel(int source, float from, float to, int target, Interpolation interpolation)
    {
        var (reach, filter) = interpolation == Interpolation.Bicubic ? (2.0, (Func<double, double>)Cubic) : (1.0, Triangle);
        var scale = (double)(to - from) / target;
        var stretch = Math.Max(scale, 1.0); // enlarging, the filter's unit is a source pixel; reducing, a target pixel
        var support = reach * stretch;
        MaxTaps = ((int)Math.Ceiling(support) * 2) + 1;
        First = new int[target];
        Taps = new int[target];
        Weights = new int[target * MaxTaps];
        Span<double> exact = MaxTaps <= 256 ? stackalloc double[MaxTaps] : new double[MaxTaps];
        for (var i = 0; i < target; i++)
        {
            var center = from + ((i + 0.5) * scale);
            var first = Math.Max(0, (int)(center - support + 0.5));
            var taps = Math.Min(source, (int)(center + support + 0.5)) - first;
            (First[i], Taps[i]) = (first, taps);
            var sum = 0.0;
            for (var k = 0; k < taps; k++)
            {
                exact[k] = filter((k + first - center + 0.5) * (1.0 / stretch));
                sum += exact[k];
            }

            for (var k = 0; k < taps; k++)
            {
                var weight = sum != 0 ? exact[k] / sum : exact[k];
                Weights[(i * MaxTaps) + k] = (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << Precision)));
            }
        }
    }

    /// <summary>Weights reserved for each target position.</summary>
    public int MaxTaps { get; }

    /// <summary>[target]: the first source position that counts.</summary>
    public int[] First { get; }

    /// <summary>[target]: how many count.</summary>
    public int[] Taps { get; }

    /// <summary>[target, MaxTaps]: 22-bit fixed point; a cubic's may be negative.</summary>
    public int[] Weights { get; }

    private static double Triangle(double x) => Math.Max(0, 1.0 - Math.Abs(x));

    private static double Cubic(double x)
    {
        x = Math.Abs(x);
        if (x < 1.0)
            return ((((Keys + 2.0) * x) - (Keys + 3.0)) * x * x) + 1;
        return x < 2.0 ? ((((x - 5) * x) + 8) * x - 4) * Keys : 0.0;
    }
}
