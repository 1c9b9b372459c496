using System.Numerics;
using System.Runtime.InteropServices;

namespace FineTune.Optimize.SecondOrder;

/// <summary>Vectors of doubles.</summary>
internal static class Doubles
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b[..a.Length]);
        var sum = Vector<double>.Zero;
        for (var i = 0; i < va.Length; i++)
            sum += va[i] * vb[i];
        var total = Vector.Sum(sum);
        for (var i = va.Length * Vector<double>.Count; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    public static double Norm(ReadOnlySpan<double> a) => Math.Sqrt(Dot(a, a));

    /// <summary>y += k x.</summary>
    public static void AddScaled(Span<double> y, double k, ReadOnlySpan<double> x)
    {
        var vx = MemoryMarshal.Cast<double, Vector<double>>(x[..y.Length]);
        var vy = MemoryMarshal.Cast<double, Vector<double>>(y);
        for (var i = 0; i < vx.Length; i++)
            vy[i] += k * vx[i];
        for (var i = vx.Length * Vector<double>.Count; i < y.Length; i++)
            y[i] += k * x[i];
    }

    public static void Scale(Span<double> y, double k)
    {
        foreach (ref var value in y)
            value *= k;
    }

    /// <summary>to = -from.</summary>
    public static void Negate(ReadOnlySpan<double> from, Span<double> to)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = -from[i];
    }

    public static double[] Difference(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var difference = a.ToArray();
        AddScaled(difference, -1, b);
        return difference;
    }

    public static bool AllFinite(ReadOnlySpan<double> a)
    {
        foreach (var value in a)
        {
            if (!double.IsFinite(value))
                return false;
        }

        return true;
    }
}
