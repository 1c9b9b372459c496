using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FineTune.Weights;

/// <summary>
/// How far values reach. A float without its sign bit, as a whole number, is the larger the larger its magnitude; NaN is largest.
/// </summary>
internal sealed class ValueRange
{
    private const int Magnitude = 0x7FFFFFFF, Infinity = 0x7F800000;
    private int _largest;
    private int _negative; // the sign bit is set where a value is below 0, or NaN

    /// <summary>How many are infinite or NaN.</summary>
    public long NotFinite { get; private set; }

    /// <summary>The largest magnitude, if all are finite.</summary>
    public float Largest => BitConverter.Int32BitsToSingle(_largest);

    /// <summary>True where one is below 0, if all are finite.</summary>
    public bool HasNegative => _negative < 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a process loads once: there is no second, faster version
    public void Add(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, int>(values);
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(bits);
        var mask = new Vector<int>(Magnitude);
        var (largest, negative) = (Vector<int>.Zero, Vector<int>.Zero);
        foreach (var vector in vectors)
        {
            var magnitude = vector & mask;
            largest = Vector.Max(largest, magnitude);
            negative |= vector & -magnitude; // both have the sign bit where the value has it and is not -0
        }

        var most = 0;
        for (var i = 0; i < Vector<int>.Count; i++)
        {
            most = Math.Max(most, largest[i]);
            _negative |= negative[i];
        }

        foreach (var value in bits[(vectors.Length * Vector<int>.Count)..])
        {
            most = Math.Max(most, value & Magnitude);
            _negative |= value & -(value & Magnitude);
        }

        _largest = Math.Max(_largest, most);
        if (most < Infinity)
            return;
        foreach (var value in values)
            NotFinite += float.IsFinite(value) ? 0 : 1;
    }
}
