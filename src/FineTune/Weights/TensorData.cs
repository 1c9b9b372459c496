using System.Buffers;
using System.Runtime.InteropServices;

namespace FineTune.Weights;

/// <summary>
/// A tensor as plain data: an element type, a shape, and the elements, in memory or in a file that they are read from whenever they
/// are asked for. Never changed once made.
/// </summary>
public sealed class TensorData
{
    private readonly long[] _shape;
    private readonly TensorSource _source;

    /// <summary>Wraps <paramref name="bytes"/> without copying.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="shape">Sizes, outermost first, each at least 0; empty for a scalar.</param>
    /// <param name="bytes">The elements: little-endian, row-major, without gaps.</param>
    /// <exception cref="ArgumentException">The number of bytes is not that of the shape.</exception>
    public TensorData(TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (Type, _shape, _source) = (type, [.. shape], new MemorySource(bytes));
        var needed = Shapes.Bytes(type, _shape);
        if (needed != bytes.Length)
        {
            throw new ArgumentException(
                $"{bytes.Length} bytes for a {type} tensor of shape {Shapes.Text(_shape)}; {needed} are needed.", nameof(bytes));
        }
        Count = bytes.Length / type.Size();
    }

    /// <summary>A tensor of a file.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="shape">Sizes; their product is known not to overflow.</param>
    /// <param name="source">Where the elements are.</param>
    internal TensorData(TensorType type, long[] shape, TensorSource source) =>
        (Type, _shape, _source, Count) = (type, shape, source, Shapes.Count(shape)!.Value);

    /// <summary>The element type.</summary>
    public TensorType Type { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>
    /// The elements: little-endian, row-major, without gaps. Of a tensor in a file they are read each time; keep them rather than
    /// ask twice.
    /// </summary>
    /// <exception cref="WeightException">The file was cut short, is damaged there, or cannot be read any more.</exception>
    public ReadOnlyMemory<byte> Bytes => _source.InMemory ?? ReadBytes();

    /// <summary>The number of elements; 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>The number of bytes; known without reading them.</summary>
    internal long ByteCount => Count * Type.Size();

    /// <summary>The same elements under another shape, read when they are asked for.</summary>
    /// <param name="shape">Of as many elements.</param>
    /// <exception cref="ArgumentException">It has another number of elements.</exception>
    internal TensorData Reshaped(IReadOnlyList<long> shape)
    {
        long[] sizes = [.. shape];
        return Shapes.Count(sizes) == Count
            ? new TensorData(Type, sizes, _source)
            : throw new ArgumentException($"{Shapes.Text(sizes)} for {Count} elements.", nameof(shape));
    }

    /// <summary>A Float32 tensor of a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static TensorData From(ReadOnlySpan<float> values, params long[] shape) =>
        new(TensorType.Float32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>An Int64 tensor of a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static TensorData From(ReadOnlySpan<long> values, params long[] shape) =>
        new(TensorType.Int64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements as float32, rounded to nearest where the type is wider; true is 1.</summary>
    /// <exception cref="WeightException">The file was cut short, is damaged there, or cannot be read any more.</exception>
    public float[] ToFloats()
    {
        var floats = GC.AllocateUninitializedArray<float>((int)Count);
        CopyTo(floats);
        return floats;
    }

    /// <summary>The elements as 64-bit integers.</summary>
    /// <exception cref="InvalidOperationException">The type is a floating-point one.</exception>
    /// <exception cref="WeightException">The file was cut short, is damaged there, or cannot be read any more.</exception>
    public long[] ToLongs() => Type switch
    {
        TensorType.Int64 => MemoryMarshal.Cast<byte, long>(Bytes.Span).ToArray(),
        TensorType.Int32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(Bytes.Span).ToArray(), v => (long)v),
        TensorType.Int16 => Array.ConvertAll(MemoryMarshal.Cast<byte, short>(Bytes.Span).ToArray(), v => (long)v),
        TensorType.Int8 => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(Bytes.Span).ToArray(), v => (long)v),
        TensorType.UInt8 or TensorType.Bool => Array.ConvertAll(Bytes.ToArray(), v => (long)v),
        _ => throw new InvalidOperationException($"A {Type} tensor holds no integers."),
    };

    /// <summary>Copies the elements into memory of <see cref="ByteCount"/> bytes.</summary>
    internal void CopyTo(Span<byte> to) => _source.Open()(0, to);

    /// <summary>Copies the elements as float32 into memory for <see cref="Count"/> of them; others are converted piece by piece.</summary>
    internal void CopyTo(Span<float> to)
    {
        if (Type == TensorType.Float32)
        {
            CopyTo(MemoryMarshal.AsBytes(to));
            return;
        }

        var read = _source.Open();
        var size = Type.Size();
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Pieces.Size, ByteCount));
        try
        {
            for (var at = 0L; !to.IsEmpty;)
            {
                var piece = buffer.AsSpan(0, Math.Min(Pieces.Size, to.Length * size));
                read(at, piece);
                TensorConversion.ToFloats(Type, piece, to[..(piece.Length / size)]);
                at += piece.Length;
                to = to[(piece.Length / size)..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Visits the elements' bytes in order, in pieces that stay in the processor's cache.</summary>
    /// <param name="visit">Is given each piece.</param>
    /// <param name="into">Where the bytes are to stay, of <see cref="ByteCount"/>; empty where they are only looked at.</param>
    internal void Scan(PieceVisitor visit, Span<byte> into = default)
    {
        if (_source.InMemory is not { } bytes)
        {
            _source.Scan(ByteCount, visit, into);
            return;
        }

        if (!into.IsEmpty)
            bytes.Span.CopyTo(into);
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(Pieces.Size, bytes.Length)..])
            visit(bytes.Span[..Math.Min(Pieces.Size, bytes.Length)]);
    }

    /// <summary>Compares the checksum of the tensor's storage, where the file has one that was not compared yet.</summary>
    internal void Verify() => _source.Verify();

    private byte[] ReadBytes()
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)ByteCount);
        CopyTo(bytes);
        return bytes;
    }
}
