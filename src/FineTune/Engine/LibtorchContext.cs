using System.Runtime.InteropServices;

namespace FineTune.Engine;

/// <summary>
/// Libraries of kernels that libtorch uses where it finds them good, and that can be turned off. TorchSharp has no words for it;
/// libtorch exports the functions, under names that GCC and clang give them. Elsewhere nothing is changed.
/// </summary>
internal static unsafe class LibtorchContext
{
    /// <summary>
    /// NNPACK: asked for where a single small image is convolved. On processors that it does not know it warns at each convolution.
    /// </summary>
    public const string Nnpack = "NNPACK";

    /// <summary>oneDNN, formerly MKL-DNN: most convolutions.</summary>
    public const string OneDnn = "Mkldnn";

    private const string Context = "_ZN2at13globalContextEv";

    /// <summary>Turns a library on or off.</summary>
    /// <param name="torch">libtorch_cpu's handle, or 0.</param>
    /// <param name="library">One of the names above.</param>
    /// <param name="on">Whether it is used.</param>
    public static void Set(nint torch, string library, bool on)
    {
        if (Find(torch, $"_ZN2at7Context{14 + library.Length}setUserEnabled{library}Eb") is var (context, set))
            ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), on ? (byte)1 : (byte)0);
    }

    /// <summary>Whether a library is used; null where libtorch does not tell.</summary>
    public static bool? IsOn(nint torch, string library) =>
        Find(torch, $"_ZNK2at7Context{11 + library.Length}userEnabled{library}Ev") is var (context, get)
            ? ((delegate* unmanaged<nint, byte>)get)(((delegate* unmanaged<nint>)context)()) != 0
            : null;

    private static (nint Context, nint Function)? Find(nint torch, string name) =>
        torch != 0 && NativeLibrary.TryGetExport(torch, Context, out var context)
        && NativeLibrary.TryGetExport(torch, name, out var function)
            ? (context, function)
            : null;
}
