using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FineTune.Engine;

/// <summary>A tensor's values without a native call each: TorchSharp's data().ToArray() asks for their number at every one.</summary>
internal static class TensorValues
{
    /// <summary>The memory of a contiguous tensor on the CPU, as long as the tensor lives.</summary>
    /// <typeparam name="T">Its type of element.</typeparam>
    public static Span<T> Of<T>(Tensor tensor)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);
}
