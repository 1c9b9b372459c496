using System.Runtime.InteropServices;

namespace FineTune.Torch;

/// <summary>Owns one at::Tensor. Freed by Dispose or a scope; the finalizer is the last net.</summary>
internal sealed class TensorHandle : SafeHandle
{
    private static long _count;
    private static long _peak;

    public TensorHandle(nint tensor)
        : base(0, ownsHandle: true)
    {
        SetHandle(tensor);
        var count = Interlocked.Increment(ref _count);
        if (count > Volatile.Read(ref _peak))
            Volatile.Write(ref _peak, count);
    }

    /// <summary>Tensors alive, over all threads.</summary>
    public static long Count => Volatile.Read(ref _count);

    /// <summary>The most tensors that were alive at once.</summary>
    public static long Peak => Volatile.Read(ref _peak);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.Free(handle);
        Interlocked.Decrement(ref _count);
        return true;
    }
}
