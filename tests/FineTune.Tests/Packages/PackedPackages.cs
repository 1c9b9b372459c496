using FineTune.Tests.Cli;

namespace FineTune.Tests.Packages;

/// <summary>What scripts/pack.sh makes, in a folder that serves as a source of packages; made once for all tests that look at it.</summary>
public sealed class PackedPackages : IDisposable
{
    /// <summary>A version that nobody publishes, so that none is found in a cache in its place.</summary>
    public const string Version = "0.0.0-test";

    /// <summary>The only system that these tests pack for and run on.</summary>
    public const string System = "linux-x64";

    /// <summary>The library.</summary>
    public const string TheLibrary = "FineTune";

    /// <summary>The library that writes ONNX graphs.</summary>
    public const string Export = "FineTune.Export";

    /// <summary>The tool's package by which it is installed: it points to those of the systems.</summary>
    public const string Pointer = "FineTune.Cli";

    /// <summary>The tool itself.</summary>
    public const string Tool = $"{Pointer}.{System}";

    /// <summary>Where its files lie inside.</summary>
    public const string ToolFolder = $"tools/net10.0/{System}/";

    public PackedPackages()
    {
        var script = Path.Combine(Repo.Root, "scripts", "pack.sh");
        try
        {
            Listed = Finetune.RunProgram("bash", [script, "--version", Version, Folder]).ShouldSucceed().Out;
        }
        catch
        {
            Dispose(); // nobody else does where the fixture was not made
            throw;
        }
    }

    /// <summary>Where they lie.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("finetune-packages-").FullName;

    /// <summary>What the script printed.</summary>
    public string Listed { get; }

    /// <summary>A package's path.</summary>
    public string PathOf(string id, string extension = "nupkg") => Path.Combine(Folder, $"{id}.{Version}.{extension}");

    /// <summary>Opens one.</summary>
    internal PackageArchive Open(string id, string extension = "nupkg") => new(PathOf(id, extension));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
