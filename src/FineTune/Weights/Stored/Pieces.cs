using System.Buffers;

namespace FineTune.Weights;

/// <summary>Fills a span with the bytes from a position on.</summary>
internal delegate void PieceReader(long offset, Span<byte> to);

/// <summary>Is given the pieces of a run of bytes in order.</summary>
internal delegate void PieceVisitor(ReadOnlySpan<byte> piece);

/// <summary>Reads what may be larger than memory in pieces that stay in the processor's cache.</summary>
internal static class Pieces
{
    /// <summary>Bytes of a piece; a multiple of every element's.</summary>
    public const int Size = 1 << 18;

    /// <summary>Reads bytes 0 to <paramref name="length"/>.</summary>
    /// <param name="length">How many.</param>
    /// <param name="read">Reads a piece.</param>
    /// <param name="visit">Is given each.</param>
    /// <param name="into">Where they are to stay, of that length; empty where they are only looked at.</param>
    public static void Read(long length, PieceReader read, PieceVisitor visit, Span<byte> into = default)
    {
        if (!into.IsEmpty)
        {
            for (var at = 0; at < into.Length; at += Size)
            {
                var piece = into.Slice(at, Math.Min(Size, into.Length - at));
                read(at, piece);
                visit(piece);
            }

            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Size, length));
        try
        {
            for (var at = 0L; at < length; at += Size)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(Size, length - at));
                read(at, piece);
                visit(piece);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
