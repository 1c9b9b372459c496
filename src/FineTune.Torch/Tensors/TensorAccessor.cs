using System.Collections;
using System.Runtime.InteropServices;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in row-major order: in place where it is contiguous on the CPU, else of a copy, which cannot be written.</summary>
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
            _tensor = here.contiguous();
        }
        else
        {
            _tensor = tensor;
        }
    }

    public long Count => _tensor.numel();

    private Span<T> Elements => MemoryMarshal.Cast<byte, T>(_tensor.bytes);

    private Span<T> Writable => !_copied ? Elements : throw new InvalidOperationException("The elements of a tensor that is not contiguous on the CPU cannot be written; write to contiguous() or copy_().");

    public T this[long index]
    {
        get
        {
            var element = Elements[checked((int)index)];
            GC.KeepAlive(_tensor); // a span holds memory, not its owner
            return element;
        }

        set
        {
            Writable[checked((int)index)] = value;
            GC.KeepAlive(_tensor);
        }
    }

    public T[] ToArray()
    {
        var array = Elements.ToArray();
        GC.KeepAlive(_tensor);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Elements[checked((int)tensorIndex)..].CopyTo(array[arrayIndex..]);
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(new ReadOnlySpan<T>(array), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        array[arrayIndex..].CopyTo(Writable[checked((int)tensorIndex)..]);
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        if (_copied)
            _tensor.Dispose();
    }
}
