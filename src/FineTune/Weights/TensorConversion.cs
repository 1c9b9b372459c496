using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FineTune.Weights;

/// <summary>Elements of any type as float32.</summary>
internal static class TensorConversion
{
    /// <summary>Converts as many elements as <paramref name="to"/> takes; wider types are rounded to nearest, true is 1.</summary>
    public static void ToFloats(TensorType type, ReadOnlySpan<byte> from, Span<float> to)
    {
        switch (type)
        {
            case TensorType.Float32:
                from.CopyTo(MemoryMarshal.AsBytes(to));
                break;
            case TensorType.Float64:
                Convert<double>(from, to);
                break;
            case TensorType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(from), to);
                break;
            case TensorType.BFloat16:
                Widen(MemoryMarshal.Cast<byte, ushort>(from), MemoryMarshal.Cast<float, uint>(to));
                break;
            case TensorType.Int64:
                Convert<long>(from, to);
                break;
            case TensorType.Int32:
                Convert<int>(from, to);
                break;
            case TensorType.Int16:
                Convert<short>(from, to);
                break;
            case TensorType.Int8:
                Convert<sbyte>(from, to);
                break;
            case TensorType.Bool:
                for (var i = 0; i < from.Length; i++)
                    to[i] = from[i] == 0 ? 0 : 1;
                break;
            default:
                Convert<byte>(from, to);
                break;
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> from, Span<float> to)
        where T : unmanaged, INumberBase<T> => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, T>(from), to);

    /// <summary>A bfloat16 is the upper half of a float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a process loads once: there is no second, faster version
    private static void Widen(ReadOnlySpan<ushort> from, Span<uint> to)
    {
        var step = Vector<ushort>.Count;
        var i = 0;
        for (; i <= from.Length - step; i += step)
        {
            Vector.Widen(new Vector<ushort>(from[i..]), out var low, out var high);
            (low << 16).CopyTo(to[i..]);
            (high << 16).CopyTo(to[(i + (step / 2))..]);
        }

        for (; i < from.Length; i++)
            to[i] = (uint)from[i] << 16;
    }
}
