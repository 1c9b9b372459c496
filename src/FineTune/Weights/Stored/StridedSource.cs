using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FineTune.Weights;

/// <summary>Elements that lie scattered or repeated in their storage, as in a transposed matrix.</summary>
/// <param name="storage">The bytes that they are a part of.</param>
/// <param name="last">Keeps the storage in memory for the views of it that follow.</param>
/// <param name="tensor">How they lie.</param>
internal sealed class StridedSource(StoredBytes storage, LastStorage last, PickleTensor tensor) : TensorSource
{
    public override void Verify() => storage.Verify();

    public override PieceReader Open()
    {
        var bytes = last.Whole(storage);
        return (offset, to) => Gather(bytes.Span, offset, to);
    }

    /// <summary>Walks the view row by row from an element on, as an odometer does.</summary>
    private void Gather(ReadOnlySpan<byte> bytes, long offset, Span<byte> to)
    {
        var size = tensor.Type.Size();
        var (shape, stride) = (tensor.Shape, tensor.Stride);
        var last = shape.Length - 1;
        Span<long> index = stackalloc long[shape.Length];
        var from = tensor.FirstByte;
        var rest = offset / size;
        for (var d = last; d >= 0; d--)
        {
            (rest, index[d]) = Math.DivRem(rest, shape[d]);
            from += index[d] * stride[d] * size;
        }

        while (!to.IsEmpty)
        {
            var run = (int)Math.Min(shape[last] - index[last], to.Length / size);
            Row(bytes, from, stride[last] * size, size, to[..(run * size)]);
            to = to[(run * size)..];
            index[last] += run;
            from += run * stride[last] * size;
            for (var d = last; d > 0 && index[d] == shape[d]; d--)
            {
                from += (stride[d - 1] - (shape[d] * stride[d])) * size;
                index[d] = 0;
                index[d - 1]++;
            }
        }
    }

    private static void Row(ReadOnlySpan<byte> bytes, long from, long step, int size, Span<byte> to)
    {
        switch (size)
        {
            case 1:
                Row<byte>(bytes, from, step, to);
                break;
            case 2:
                Row<short>(bytes, from, step, to);
                break;
            case 4:
                Row<int>(bytes, from, step, to);
                break;
            default:
                Row<long>(bytes, from, step, to);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a process loads once: there is no second, faster version
    private static void Row<T>(ReadOnlySpan<byte> bytes, long from, long step, Span<byte> to)
        where T : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, T>(to);
        for (var i = 0; i < elements.Length; i++)
            elements[i] = MemoryMarshal.Read<T>(bytes[(int)(from + (i * step))..]);
    }
}
