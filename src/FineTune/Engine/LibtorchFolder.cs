using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace FineTune.Engine;

/// <summary>Where libtorch lies.</summary>
internal static partial class LibtorchFolder
{
    /// <summary>The environment variable that names another libtorch than the application's.</summary>
    public const string Variable = "FINETUNE_LIBTORCH";

    /// <summary>Set by the build of an application that does not copy libtorch: the package's folder, one for all projects.</summary>
    private const string BuildSetting = "FineTune.Libtorch";

    /// <summary>What to do where there is none.</summary>
    public static string Missing =>
        $"No libtorch was found: add the package {Package} {TorchEngine.LibtorchWanted} (or TorchSharp-cpu, or a CUDA package) to the " +
        $"application, or name an unpacked libtorch by {Variable}=DIR, or a Python installation of torch by {Variable}=python.";

    private static string Package => OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64"
        : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64"
        : "libtorch-cpu-linux-x64";

    /// <summary>The file name of a library on this system: libtorch_cpu.so, torch_cpu.dll, libtorch_cpu.dylib.</summary>
    public static string FileName(string library) => OperatingSystem.IsWindows() ? $"{library}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{library}.dylib"
        : $"lib{library}.so";

    /// <summary>The application's own folder that has libtorch_cpu.</summary>
    /// <exception cref="FineTuneException">There is none.</exception>
    public static string Find() => Applications() ?? throw new FineTuneException(Missing);

    /// <summary>The folders that the application's own native libraries are looked for in.</summary>
    public static IEnumerable<string> ApplicationFolders()
    {
        var search = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty;
        return
        [
            .. search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"),
            AppContext.BaseDirectory,
        ];
    }

    /// <summary>The folder of a libtorch that the user names, or null.</summary>
    public static string? Named()
    {
        var value = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(value))
            return null;
        var root = value == "python" ? PythonsTorch() : value;
        return WithLibtorch([Path.Combine(root, "lib"), root]) ?? throw new FineTuneException(
            $"{Variable} is '{value}', but there is no libtorch: {FileName("torch_cpu")} is wanted in '{Path.Combine(root, "lib")}'.");
    }

    /// <summary>What the file beside the lib of an unpacked libtorch or of a Python package says; null where there is none.</summary>
    public static string? VersionBeside(string folder)
    {
        var above = Path.GetDirectoryName(folder) ?? folder;
        var file = new[] { "build-version", "version.py" }.Select(name => Path.Combine(above, name)).FirstOrDefault(File.Exists);
        return file is not null && VersionNumber().Match(File.ReadAllText(file)) is { Success: true } found ? found.Value : null;
    }

    private static string? Applications()
    {
        List<string> folders = [Path.Combine(AppContext.BaseDirectory, "libtorch"), .. ApplicationFolders()];
        if (AppContext.GetData(BuildSetting) is string built)
            folders.Add(built);
        return WithLibtorch(folders);
    }

    private static string? WithLibtorch(IEnumerable<string> folders)
    {
        var found = folders.FirstOrDefault(f => File.Exists(Path.Combine(f, FileName("torch_cpu"))));
        return found is null ? null : Path.GetFullPath(found);
    }

    private static string PythonsTorch()
    {
        const string Question = "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')";
        foreach (var python in new[] { "python3", "python" })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(python, ["-c", Question])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
                var folder = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                if (folder.Length > 0)
                    return folder;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // no such program
            }
        }

        throw new FineTuneException(
            $"{Variable} is 'python', but neither python3 nor python has the package torch; install it, or unset {Variable}.");
    }

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex VersionNumber();
}
