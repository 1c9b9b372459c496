using System.Runtime.InteropServices;

namespace FineTune.Engine;

/// <summary>
/// Loads libtorch and TorchSharp's own library by their full paths, before TorchSharp is first touched: it then finds them by
/// their names. On Windows and macOS TorchSharp loads the application's libtorch itself, as its packages are made for.
/// </summary>
internal static class LibtorchLoader
{
    private const string TorchSharpLibrary = "LibTorchSharp";

    // each stands on those before it; the CUDA part is there in a CUDA build only
    private static readonly string[] Parts = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    /// <summary>Loads it.</summary>
    /// <returns>libtorch_cpu's handle; 0 where TorchSharp will load it itself.</returns>
    /// <exception cref="FineTuneException">None is there, or it is not one that TorchSharp can use.</exception>
    public static nint Load()
    {
        var named = LibtorchFolder.Named();
        if (!OperatingSystem.IsLinux() && named is null)
            return 0;
        var folder = named ?? LibtorchFolder.Find();
        if (OperatingSystem.IsLinux())
            CheckNoOther(folder);
        var handle = LoadParts(folder);
        CheckVersion(handle, folder);
        if (OperatingSystem.IsLinux())
            LoadTorchSharp();
        return handle;
    }

    private static nint LoadParts(string folder)
    {
        var cpu = (nint)0;
        foreach (var part in Parts)
        {
            var path = Path.Combine(folder, LibtorchFolder.FileName(part));
            if (!File.Exists(path))
                continue;
            try
            {
                var handle = NativeLibrary.Load(path);
                if (part == "torch_cpu")
                    cpu = handle;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new FineTuneException($"libtorch's '{path}' cannot be loaded: {FirstLine(e)}.", e);
            }
        }

        return cpu;
    }

    /// <summary>Tensors are laid out as the version has them: another one would be read wrongly, or end the process.</summary>
    private static void CheckVersion(nint handle, string folder)
    {
        var version = LibtorchText.Version(handle) ?? LibtorchFolder.VersionBeside(folder);
        var wanted = Version.Parse(TorchEngine.LibtorchWanted);
        if (Version.TryParse(version, out var found) && found.Major == wanted.Major && found.Minor == wanted.Minor)
            return;
        var told = version is null ? "a version that it does not tell" : $"version {version}";
        throw new FineTuneException(
            $"The libtorch in '{folder}' is of {told}, but TorchSharp {TorchEngine.TorchSharpVersion} works with " +
            $"{wanted.Major}.{wanted.Minor} only; name such a one by {LibtorchFolder.Variable}, or unset it.");
    }

    private static void LoadTorchSharp()
    {
        var path = LibtorchFolder.ApplicationFolders()
            .Select(f => Path.Combine(f, LibtorchFolder.FileName(TorchSharpLibrary)))
            .FirstOrDefault(File.Exists)
            ?? throw new FineTuneException($"TorchSharp's {LibtorchFolder.FileName(TorchSharpLibrary)} is not beside the application in " +
                $"'{AppContext.BaseDirectory}'; build or install the application again.");
        if (!NativeLibrary.TryLoad(path, out _))
            OlderSystem.Load(path);
    }

    /// <summary>Two libtorch in one process would each hold half of its operators.</summary>
    private static void CheckNoOther(string folder)
    {
        var loaded = LoadedFile("libtorch_cpu");
        var real = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
        if (loaded is null || Path.GetDirectoryName(loaded) is not { } from || from == folder.TrimEnd('/') || from == real.TrimEnd('/'))
            return;
        throw new FineTuneException(
            $"libtorch was loaded from '{loaded}' before; to have that of '{folder}', call TorchEngine.Load() before the first use " +
            "of TorchSharp.");
    }

    /// <summary>The file of a library that the process has loaded, by the start of its name; null where there is none to be seen.</summary>
    public static string? LoadedFile(string name) => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.IndexOf('/') is var at and >= 0 ? at : line.Length)..])
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal))
        : null;

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim().TrimEnd('.', ':');
}
