using System.Numerics;
using System.Runtime.CompilerServices;

namespace FineTune.Optimize.Lanes;

/// <summary>One number: a float for what is left over of a vector's length, a double as the reference of all lanes.</summary>
internal readonly struct ScalarLane<F>(F value) : ILane<ScalarLane<F>>
    where F : struct, IFloatingPointIeee754<F>
{
    public F Value { get; } = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator +(ScalarLane<F> a, ScalarLane<F> b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator -(ScalarLane<F> a, ScalarLane<F> b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator *(ScalarLane<F> a, ScalarLane<F> b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator /(ScalarLane<F> a, ScalarLane<F> b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator *(double a, ScalarLane<F> b) => new(F.CreateTruncating(a) * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator +(ScalarLane<F> a, double b) => new(a.Value + F.CreateTruncating(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator /(ScalarLane<F> a, double b) => new(a.Value / F.CreateTruncating(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> Sqrt(ScalarLane<F> a) => new(F.Sqrt(a.Value));
}
