using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FineTune.Engine;

/// <summary>A tensor's values without a native call each: TorchSharp's data().ToArray() asks for their number at every one.</summary>
internal static unsafe class TensorValues
{
    private const string DataPointerName = "aoti_torch_get_data_ptr";

    private static readonly Lazy<nint> DataPointer = new(() =>
        TorchEngine.Handle is var torch and not 0 && NativeLibrary.TryGetExport(torch, DataPointerName, out var found) ? found : 0);

    /// <summary>The memory of a contiguous tensor on the CPU, as long as the tensor lives.</summary>
    /// <typeparam name="T">Its type of element.</typeparam>
    public static Span<T> Of<T>(Tensor tensor)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>The address of a contiguous tensor's values, on whichever device, as long as the tensor lives.</summary>
    /// <exception cref="FineTuneException">It is on a GPU, and this libtorch does not tell.</exception>
    public static nint Address(Tensor tensor)
    {
        if (DataPointer.Value != 0)
        {
            nint address;
            var code = ((delegate* unmanaged<nint, nint*, int>)DataPointer.Value)(tensor.Handle, &address);
            return code == 0 ? address : throw new FineTuneException("libtorch does not tell where a tensor's values are.");
        }

        if (tensor.device_type != TorchSharp.DeviceType.CPU)
            throw new FineTuneException("This libtorch does not tell where the values of a tensor on a GPU are.");
        fixed (byte* first = tensor.bytes)
            return (nint)first; // native memory: it does not move
    }
}
