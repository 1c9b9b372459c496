using System.Runtime.InteropServices;
using FineTune.Tests.Cli;

namespace FineTune.Tests.Packages;

/// <summary>The tool, installed from a folder of packages and from nowhere else, into a folder of its own.</summary>
internal sealed class InstalledTool : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("finetune-tool-").FullName;

    public InstalledTool(string source, string version)
    {
        Directory.CreateDirectory(WorkingFolder);
        string[] install = ["tool", "install", PackedPackages.Pointer, "--tool-path", Folder, "--source", source, "--version", version];
        try
        {
            var installed = Finetune.RunProgram("dotnet", install, ("NUGET_PACKAGES", Path.Combine(_root, "packages")));
            installed.Code.ShouldBe(0, installed.Out + installed.Error);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the command lies.</summary>
    public string Folder => Path.Combine(_root, "tool");

    /// <summary>An empty folder, in which the command is run.</summary>
    public string WorkingFolder => Path.Combine(_root, "work");

    /// <summary>Runs the command; it is told of no libtorch and of no weights.</summary>
    public Outcome Run(params string[] arguments)
    {
        string[] clean = ["-u", "FINETUNE_LIBTORCH", "-u", "FINETUNE_MODELS", "-C", WorkingFolder];
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        return Finetune.RunProgram("env", [.. clean, Path.Combine(Folder, "finetune"), .. arguments], ("DOTNET_ROOT", dotnet));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
