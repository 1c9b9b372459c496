namespace FineTune.Images;

/// <summary>A rectangle within RGB rows, seen without copying.</summary>
/// <param name="Pixels">The bytes of the whole.</param>
/// <param name="Stride">Bytes from a row to the next.</param>
/// <param name="Offset">Byte at which the rectangle begins.</param>
/// <param name="Width">Pixels a row of the rectangle.</param>
/// <param name="Height">Its rows.</param>
internal readonly record struct PixelWindow(byte[] Pixels, int Stride, int Offset, int Width, int Height)
{
    /// <summary>Row <paramref name="y"/>, 3 * Width bytes.</summary>
    public ReadOnlySpan<byte> Row(int y) => Pixels.AsSpan(Offset + (y * Stride), 3 * Width);

    /// <summary>The rectangle's rows, one behind the other.</summary>
    public void CopyTo(Span<byte> target)
    {
        for (var y = 0; y < Height; y++)
            Row(y).CopyTo(target[(3 * y * Width)..]);
    }
}
