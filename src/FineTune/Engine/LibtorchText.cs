using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace FineTune.Engine;

/// <summary>
/// What libtorch says of itself, by functions that return a std::string. GCC's std::string is a pointer, a length and 16 bytes; such a
/// result is written where the hidden first argument points. Other compilers' names and layouts differ: there is nothing to read there.
/// </summary>
internal static unsafe partial class LibtorchText
{
    private const string ShowConfig = "_ZN2at11show_configB5cxx11Ev", CpuCapability = "_ZN2at18get_cpu_capabilityB5cxx11Ev";

    /// <summary>Such as 2.10.0; null where it does not tell.</summary>
    public static string? Version(nint library)
    {
        var setting = VersionSetting().Match(Configuration(library) ?? string.Empty);
        return setting.Success ? setting.Groups[1].Value : null;
    }

    /// <summary>Compiler, BLAS, oneDNN and build settings, one a line.</summary>
    public static string? Configuration(nint library) => Call(library, ShowConfig);

    /// <summary>The widest instructions that its own kernels use here: DEFAULT, AVX2, AVX512.</summary>
    public static string? Capability(nint library) => Call(library, CpuCapability);

    private static string? Call(nint library, string name)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        if (library == 0 || !NativeLibrary.TryGetExport(library, name, out var function))
            return null;
        StandardString text; // the few hundred bytes behind a long one stay allocated: this is asked once or twice in a process
        ((delegate* unmanaged<StandardString*, void>)function)(&text);
        return Encoding.UTF8.GetString(text.Characters, checked((int)text.Length));
    }

    [GeneratedRegex(@"TORCH_VERSION=(\d+\.\d+\.\d+)")]
    private static partial Regex VersionSetting();

    [StructLayout(LayoutKind.Sequential)]
    private struct StandardString
    {
        public byte* Characters;
        public nuint Length;
        public fixed byte Inline[16];
    }
}
