using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FineTune.Optimize.Lanes;

/// <summary>Sixteen floats in one register (two or four where the machine's are narrower).</summary>
internal readonly struct SimdLane : ILane<SimdLane>
{
    /// <summary>Floats a lane.</summary>
    public const int Width = 16;

    private readonly Vector512<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SimdLane(Vector512<float> value) => _value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator +(SimdLane a, SimdLane b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator -(SimdLane a, SimdLane b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator *(SimdLane a, SimdLane b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator /(SimdLane a, SimdLane b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator *(Coefficient a, SimdLane b) => new(Vector512.Create(a.Single) * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator +(SimdLane a, Coefficient b) => new(a._value + Vector512.Create(b.Single));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane operator /(SimdLane a, Coefficient b) => new(a._value * Vector512.Create(b.Reciprocal));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane Sqrt(SimdLane a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane Abs(SimdLane a) => new(Vector512.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane Sign(SimdLane a)
    {
        var negative = Vector512.ConditionalSelect(Vector512.LessThan(a._value, default), Vector512.Create(-1f), default);
        return new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._value, default), Vector512.Create(1f), negative));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdLane Max(SimdLane a, SimdLane b) => new(Vector512.Max(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static SimdLane Load(ref float source, nint index) => new(Vector512.LoadUnsafe(ref Unsafe.Add(ref source, index)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store(ref float target, nint index) => _value.StoreUnsafe(ref Unsafe.Add(ref target, index));
}
