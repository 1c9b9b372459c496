using System.Buffers;
using System.Runtime.ExceptionServices;
using FineTune.Images;

namespace FineTune.Data;

/// <summary>A batch in the making. Threads fill its slots in any order; what comes out does not depend on which.</summary>
/// <param name="samples">All samples.</param>
/// <param name="indices">Which of them fill the slots.</param>
/// <param name="view">The view of a slot.</param>
/// <param name="normalizer">Makes numbers of its pixels.</param>
internal sealed class PendingBatch(IReadOnlyList<Sample> samples, int[] indices, Func<int, RgbImage> view, Normalizer normalizer)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly (int Width, int Height)[] _sizes = new (int, int)[indices.Length];
    private readonly ExceptionDispatchInfo?[] _failures = new ExceptionDispatchInfo?[indices.Length];
    private float[]? _buffer;
    private (int Width, int Height) _size;
    private int _filled;

    /// <summary>Images in it.</summary>
    public int Count => indices.Length;

    /// <summary>Makes one slot's view; what goes wrong is kept for <see cref="Take"/>.</summary>
    /// <returns>Whether this slot was the last.</returns>
    public bool Fill(int slot)
    {
        try
        {
            var image = view(slot);
            _sizes[slot] = (image.Width, image.Height);
            if (Buffer(_sizes[slot]) is { } buffer)
                normalizer.Write(image, buffer.AsSpan(slot * image.Pixels.Length, image.Pixels.Length));
        }
#pragma warning disable CA1031 // whatever it is, it belongs to the consumer, as itself
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failures[slot] = ExceptionDispatchInfo.Capture(e);
        }

        return Interlocked.Increment(ref _filled) == Count;
    }

    /// <summary>The finished batch. Called once, after every slot was filled.</summary>
    /// <exception cref="FineTuneException">Views differ in size. Any exception of the first slot that failed, as itself.</exception>
    public Batch Take()
    {
        _failures.FirstOrDefault(f => f is not null)?.Throw();
        var odd = Array.FindIndex(_sizes, s => s != _sizes[0]);
        if (odd >= 0)
        {
            throw new FineTuneException(
                $"Images of one batch must have one size, but '{samples[indices[0]].Path}' is {_sizes[0].Width} x {_sizes[0].Height} and "
                + $"'{samples[indices[odd]].Path}' is {_sizes[odd].Width} x {_sizes[odd].Height} pixels; resize or crop them.");
        }

        var batch = new Batch(samples, indices, _buffer!, _size.Height, _size.Width);
        _buffer = null;
        return batch;
    }

    /// <summary>Gives back the memory of a batch that was never taken.</summary>
    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<float>.Shared.Return(_buffer);
        _buffer = null;
    }

    /// <summary>The buffer, sized by the first view that is ready; null for a view of another size.</summary>
    private float[]? Buffer((int Width, int Height) size)
    {
        lock (_lock)
        {
            if (_buffer is null)
            {
                var values = Count * 3L * size.Width * size.Height;
                if (values > Array.MaxLength)
                {
                    throw new FineTuneException($"A batch of {Count} images of {size.Width} x {size.Height} pixels is too large for one "
                        + "array; take a smaller batch or input.");
                }
                _size = size;
                _buffer = ArrayPool<float>.Shared.Rent((int)values);
            }

            return size == _size ? _buffer : null;
        }
    }
}
