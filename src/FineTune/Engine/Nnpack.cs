using System.Runtime.InteropServices;

namespace FineTune.Engine;

/// <summary>
/// NNPACK, a library for convolutions that oneDNN has replaced: libtorch asks for it where a single small image is convolved, and on
/// processors that it does not know it writes a warning to the standard error for each convolution. TorchSharp has no words to turn it off.
/// </summary>
internal static unsafe class Nnpack
{
    private const string Context = "_ZN2at13globalContextEv", Enable = "_ZN2at7Context20setUserEnabledNNPACKEb", Enabled = "_ZNK2at7Context17userEnabledNNPACKEv";

    /// <summary>Turns it off, where libtorch exports the functions.</summary>
    /// <param name="library">libtorch_cpu's handle, or 0.</param>
    public static void TurnOff(nint library)
    {
        if (Find(library, Context, Enable) is var (context, enable))
            ((delegate* unmanaged<nint, byte, void>)enable)(((delegate* unmanaged<nint>)context)(), 0);
    }

    /// <summary>Whether it is on; null where libtorch does not tell.</summary>
    public static bool? IsOn(nint library) => Find(library, Context, Enabled) is var (context, enabled)
        ? ((delegate* unmanaged<nint, byte>)enabled)(((delegate* unmanaged<nint>)context)()) != 0
        : null;

    private static (nint First, nint Second)? Find(nint library, string first, string second) =>
        library != 0 && NativeLibrary.TryGetExport(library, first, out var a) && NativeLibrary.TryGetExport(library, second, out var b)
            ? (a, b)
            : null;
}
