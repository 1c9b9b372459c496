using System.Collections;
using System.Runtime.InteropServices;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in row-major order: in place where it is contiguous on the CPU, else of a copy.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T>, IDisposable
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly bool _copied;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _copied = !tensor.is_cpu() || !tensor.is_contiguous();
        if (_copied)
        {
            using var here = tensor.cpu().DetachFromDisposeScope();
            _tensor = here.contiguous().DetachFromDisposeScope();
        }
        else
        {
            _tensor = tensor;
        }
    }

    public long Count => _tensor.numel();

    private Span<T> Elements => MemoryMarshal.Cast<byte, T>(_tensor.bytes);

    public T this[long index]
    {
        get => Elements[checked((int)index)];
        set => Elements[checked((int)index)] = value;
    }

    public T[] ToArray() => Elements.ToArray();

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => Elements[checked((int)tensorIndex)..].CopyTo(array.AsSpan(arrayIndex));

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0) => Elements[checked((int)tensorIndex)..].CopyTo(array[arrayIndex..]);

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(new ReadOnlySpan<T>(array), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0) => array[arrayIndex..].CopyTo(Elements[checked((int)tensorIndex)..]);

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        if (_copied)
            _tensor.Dispose();
    }
}
