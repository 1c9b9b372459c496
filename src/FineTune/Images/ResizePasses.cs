using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FineTune.Images;

/// <summary>
/// The two passes of a resize. Sums are exact in 32-bit integers, so the order of the taps and the vector width leave no
/// trace in the result.
/// </summary>
internal static class ResizePasses
{
    /// <summary>Bytes that the horizontal pass may write behind its last pixel: it stores three as four.</summary>
    public const int Slack = 1;

    private const int Half = 1 << (ResizeKernel.Precision - 1);

    /// <summary>Resamples each of <paramref name="rows"/> rows of the window, from <paramref name="firstRow"/> on.</summary>
    /// <param name="window">The source.</param>
    /// <param name="kernel">Weights for <paramref name="width"/> positions.</param>
    /// <param name="firstRow">First row read.</param>
    /// <param name="rows">Rows read and written.</param>
    /// <param name="width">Pixels a row of the target.</param>
    /// <param name="target">[rows, width, 3] bytes and <see cref="Slack"/>.</param>
    public static void Horizontal(PixelWindow window, ResizeKernel kernel, int firstRow, int rows, int width, Span<byte> target)
    {
        // A pixel is loaded as four bytes. The row is copied with one byte more, for the last row has none behind it.
        var length = 3 * window.Width;
        var line = new byte[length + Slack];
        for (var y = 0; y < rows; y++)
        {
            window.Row(firstRow + y).CopyTo(line);
            Row(line, kernel, target.Slice(3 * y * width, (3 * width) + Slack), width);
        }
    }

    private static void Row(ReadOnlySpan<byte> line, ResizeKernel kernel, Span<byte> target, int width)
    {
        ref var from = ref MemoryMarshal.GetReference(line);
        ref var to = ref MemoryMarshal.GetReference(target);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(kernel.Weights);
        for (var x = 0; x < width; x++)
        {
            var sum = Vector128.Create(Half);
            ref var pixel = ref Unsafe.Add(ref from, 3 * kernel.First[x]);
            ref var weight = ref Unsafe.Add(ref weights, x * kernel.MaxTaps);
            var taps = kernel.Taps[x];
            for (var k = 0; k < taps; k++)
            {
                var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixel, 3 * k))).AsByte();
                var (low, _) = Vector128.Widen(bytes);
                var (values, _) = Vector128.Widen(low);
                sum += values.AsInt32() * Vector128.Create(Unsafe.Add(ref weight, k));
            }

            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 3 * x), Narrow(sum, sum, sum, sum).AsUInt32().ToScalar());
        }
    }

    /// <summary>Resamples down the columns: each target row is a weighted sum of source rows.</summary>
    /// <param name="window">The source; its first row is the image's row <paramref name="firstRow"/>.</param>
    /// <param name="kernel">Weights for the target's rows.</param>
    /// <param name="firstRow">Which row of the image the window begins with.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="target">[kernel's positions, width, 3] bytes.</param>
    public static void Vertical(PixelWindow window, ResizeKernel kernel, int firstRow, int width, Span<byte> target)
    {
        var length = 3 * width;
        for (var y = 0; y < kernel.First.Length; y++)
        {
            var taps = kernel.Taps[y];
            var weights = kernel.Weights.AsSpan(y * kernel.MaxTaps, taps);
            var start = window.Offset + ((kernel.First[y] - firstRow) * window.Stride);
            var span = window.Pixels.AsSpan(start, ((taps - 1) * window.Stride) + length); // the one bounds check
            Column(ref MemoryMarshal.GetReference(span), window.Stride, weights, target.Slice(y * length, length));
        }
    }

    private static void Column(ref byte from, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        ref var to = ref MemoryMarshal.GetReference(target);
        var x = 0;
        for (; x <= target.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            Vector128<int> a = Vector128.Create(Half), b = a, c = a, d = a;
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector128.Create(weights[k]);
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, (nuint)((k * stride) + x)));
                var (first, second) = Vector128.Widen(low);
                var (third, fourth) = Vector128.Widen(high);
                a += first.AsInt32() * weight;
                b += second.AsInt32() * weight;
                c += third.AsInt32() * weight;
                d += fourth.AsInt32() * weight;
            }

            Narrow(a, b, c, d).StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < target.Length; x++)
        {
            var sum = Half;
            for (var k = 0; k < weights.Length; k++)
                sum += Unsafe.Add(ref from, (k * stride) + x) * weights[k];
            target[x] = (byte)Math.Clamp(sum >> ResizeKernel.Precision, 0, 255);
        }
    }

    /// <summary>Sums to bytes: shifted down and cut off at 0 and 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
    {
        var low = Vector128.NarrowWithSaturation(a >> ResizeKernel.Precision, b >> ResizeKernel.Precision);
        var high = Vector128.NarrowWithSaturation(c >> ResizeKernel.Precision, d >> ResizeKernel.Precision);
        return Vector128.NarrowWithSaturation(Positive(low), Positive(high));
    }

    private static Vector128<ushort> Positive(Vector128<short> values) => Vector128.Max(values, Vector128<short>.Zero).AsUInt16();
}
