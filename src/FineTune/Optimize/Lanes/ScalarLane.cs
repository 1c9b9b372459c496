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
    public static ScalarLane<F> operator *(Coefficient a, ScalarLane<F> b) => new(F.CreateTruncating(a.Value) * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator +(ScalarLane<F> a, Coefficient b) => new(a.Value + F.CreateTruncating(b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> operator /(ScalarLane<F> a, Coefficient b) => new(a.Value / F.CreateTruncating(b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> Sqrt(ScalarLane<F> a) => new(F.Sqrt(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> Abs(ScalarLane<F> a) => new(F.Abs(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> Sign(ScalarLane<F> a) => new(a.Value > F.Zero ? F.One : a.Value < F.Zero ? F.NegativeOne : F.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane<F> Max(ScalarLane<F> a, ScalarLane<F> b) => new(F.Max(a.Value, b.Value));
}
