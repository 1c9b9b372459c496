using System.Runtime.InteropServices;

namespace FineTune.Weights;

/// <summary>A tensor as plain data: an element type, a shape, and the elements' bytes. Never changed once made.</summary>
public sealed class TensorData
{
    private readonly long[] _shape;

    /// <summary>Wraps <paramref name="bytes"/> without copying.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="shape">Sizes, outermost first, each at least 0; empty for a scalar.</param>
    /// <param name="bytes">The elements: little-endian, row-major, without gaps.</param>
    /// <exception cref="ArgumentException">The number of bytes is not that of the shape.</exception>
    public TensorData(TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (Type, _shape, Bytes) = (type, [.. shape], bytes);
        var needed = Shapes.Bytes(type, _shape);
        if (needed != bytes.Length)
            throw new ArgumentException($"{bytes.Length} bytes for a {type} tensor of shape {Shapes.Text(_shape)}; {needed} are needed.", nameof(bytes));
    }

    /// <summary>The element type.</summary>
    public TensorType Type { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>The elements: little-endian, row-major, without gaps.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The number of elements; 1 for a scalar.</summary>
    public long Count => Bytes.Length / Type.Size();

    /// <summary>A Float32 tensor of a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static TensorData From(ReadOnlySpan<float> values, params long[] shape) =>
        new(TensorType.Float32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>An Int64 tensor of a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static TensorData From(ReadOnlySpan<long> values, params long[] shape) =>
        new(TensorType.Int64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements as float32, rounded to nearest where the type is wider; true is 1.</summary>
    public float[] ToFloats()
    {
        var floats = GC.AllocateUninitializedArray<float>((int)Count);
        var bytes = Bytes.Span;
        switch (Type)
        {
            case TensorType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(floats.AsSpan()));
                break;
            case TensorType.Float64:
                Convert<double>(bytes, floats, v => (float)v);
                break;
            case TensorType.Float16:
                Convert<Half>(bytes, floats, v => (float)v);
                break;
            case TensorType.BFloat16:
                Convert<ushort>(bytes, floats, v => BitConverter.Int32BitsToSingle(v << 16));
                break;
            case TensorType.Int64:
                Convert<long>(bytes, floats, v => v);
                break;
            case TensorType.Int32:
                Convert<int>(bytes, floats, v => v);
                break;
            case TensorType.Int16:
                Convert<short>(bytes, floats, v => v);
                break;
            case TensorType.Int8:
                Convert<sbyte>(bytes, floats, v => v);
                break;
            case TensorType.Bool:
                Convert<byte>(bytes, floats, v => v == 0 ? 0 : 1);
                break;
            default:
                Convert<byte>(bytes, floats, v => v);
                break;
        }

        return floats;
    }

    /// <summary>The elements as 64-bit integers.</summary>
    /// <exception cref="InvalidOperationException">The type is a floating-point one.</exception>
    public long[] ToLongs() => Type switch
    {
        TensorType.Int64 => MemoryMarshal.Cast<byte, long>(Bytes.Span).ToArray(),
        TensorType.Int32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(Bytes.Span).ToArray(), v => (long)v),
        TensorType.Int16 => Array.ConvertAll(MemoryMarshal.Cast<byte, short>(Bytes.Span).ToArray(), v => (long)v),
        TensorType.Int8 => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(Bytes.Span).ToArray(), v => (long)v),
        TensorType.UInt8 or TensorType.Bool => Array.ConvertAll(Bytes.ToArray(), v => (long)v),
        _ => throw new InvalidOperationException($"A {Type} tensor holds no integers."),
    };

    private static void Convert<T>(ReadOnlySpan<byte> bytes, float[] floats, Func<T, float> convert)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < floats.Length; i++)
            floats[i] = convert(values[i]);
    }
}
