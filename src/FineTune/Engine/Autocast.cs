using System.Runtime.InteropServices;
using TorchSharp;

namespace FineTune.Engine;

/// <summary>
/// Until it is disposed, convolutions and matrix products of this thread compute in bfloat16, as PyTorch's autocast does. TorchSharp has
/// no words for it: libtorch exports the functions, under names that GCC and clang give them; elsewhere <see cref="IsAvailable"/> is false.
/// </summary>
internal sealed unsafe class Autocast : IDisposable
{
    private static readonly Lazy<Functions?> Found = new(() => Functions.Find(TorchEngine.Handle));

    private readonly sbyte _device;
    private bool _ended;

    /// <summary>Begins it; one within another has no effect of its own.</summary>
    /// <param name="device">Whose kernels: the CPU's or CUDA's.</param>
    /// <exception cref="NotSupportedException">Another device, or a libtorch that does not export it.</exception>
    public Autocast(DeviceType device)
    {
        if (device is not (DeviceType.CPU or DeviceType.CUDA))
            throw new NotSupportedException($"bfloat16 is for the CPU and CUDA, not for {device}."); // unchecked, it would end the process
        _device = (sbyte)device;
        var f = Found.Value ?? throw new NotSupportedException("This libtorch has no autocast.");
        f.SetType(_device, (sbyte)torch.ScalarType.BFloat16);
        f.SetEnabled(_device, 1);
        _ = f.Enter();
    }

    /// <summary>Whether this libtorch exports it.</summary>
    public static bool IsAvailable => Found.Value is not null;

    /// <summary>Ends it: where the outermost ends, weights that were cast are forgotten.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        var f = Found.Value!;
        if (f.Leave() > 0)
            return;
        f.ClearCache();
        f.SetEnabled(_device, 0);
    }

    /// <summary>at::autocast's functions.</summary>
    private sealed class Functions
    {
        public delegate* unmanaged<sbyte, byte, void> SetEnabled { get; private init; }

        public delegate* unmanaged<sbyte, sbyte, void> SetType { get; private init; }

        public delegate* unmanaged<int> Enter { get; private init; }

        public delegate* unmanaged<int> Leave { get; private init; }

        public delegate* unmanaged<void> ClearCache { get; private init; }

        public static Functions? Find(nint library)
        {
            string[] names =
            [
                "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb",
                "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE",
                "_ZN2at8autocast17increment_nestingEv",
                "_ZN2at8autocast17decrement_nestingEv",
                "_ZN2at8autocast11clear_cacheEv",
            ];
            var at = new nint[names.Length];
            for (var k = 0; k < names.Length; k++)
            {
                if (library == 0 || !NativeLibrary.TryGetExport(library, names[k], out at[k]))
                    return null;
            }

            return new Functions
            {
                SetEnabled = (delegate* unmanaged<sbyte, byte, void>)at[0],
                SetType = (delegate* unmanaged<sbyte, sbyte, void>)at[1],
                Enter = (delegate* unmanaged<int>)at[2],
                Leave = (delegate* unmanaged<int>)at[3],
                ClearCache = (delegate* unmanaged<void>)at[4],
            };
        }
    }
}
