using System.Buffers;

namespace FineTune.Data;

/// <summary>Normalised views of some samples. Its pixels are borrowed: dispose it when they have been copied.</summary>
public sealed class Batch : IDisposable
{
    private readonly IReadOnlyList<Sample> _samples;
    private float[]? _buffer;

    internal Batch(IReadOnlyList<Sample> samples, int[] indices, float[] buffer, int height, int width)
    {
        (_samples, Indices, _buffer, Height, Width) = (samples, indices, buffer, height, width);
        Labels = Array.ConvertAll(indices, i => (long)samples[i].Label);
    }

    /// <summary>N, the number of images.</summary>
    public int Count => Indices.Count;

    /// <summary>H, in pixels.</summary>
    public int Height { get; }

    /// <summary>W, in pixels.</summary>
    public int Width { get; }

    /// <summary>[N, 3, H, W], contiguous, red first; valid until the batch is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The batch is disposed.</exception>
    public Memory<float> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            return _buffer.AsMemory(0, Count * 3 * Height * Width);
        }
    }

    /// <summary>[N] labels.</summary>
    public ReadOnlyMemory<long> Labels { get; }

    /// <summary>[N] positions in the list of samples that the loader was given.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>The sample at <paramref name="position"/> in this batch, from 0.</summary>
    public Sample Sample(int position) => _samples[Indices[position]];

    /// <summary>Gives the pixels' memory back.</summary>
    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<float>.Shared.Return(_buffer);
        _buffer = null;
    }
}
