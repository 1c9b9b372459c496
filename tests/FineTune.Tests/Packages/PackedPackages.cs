using FineTune.Tests.Cli;

namespace FineTune.Tests.Packages;

/// <summary>The packages that scripts/pack.sh makes, in a folder that serves as their source; made once for all tests that look at them.</summary>
public sealed class PackedPackages : IDisposable
{
    /// <summary>A version that nobody publishes, so that none is found in a cache in its place.</summary>
    public const string Version = "0.0.0-test";

    /// <summary>The only system that these tests pack for and run on.</summary>
    public const string System = "linux-x64";

    public PackedPackages()
    {
        Listed = Finetune.RunProgram("bash", [Path.Combine(Repo.Root, "scripts", "pack.sh"), "--version", Version, Folder]).ShouldSucceed().Out;
    }

    /// <summary>Where they lie.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("finetune-packages-").FullName;

    /// <summary>What the script printed.</summary>
    public string Listed { get; }

    /// <summary>A package's path: FineTune, FineTune.Cli or FineTune.Cli.linux-x64.</summary>
    public string PathOf(string id, string extension = "nupkg") => Path.Combine(Folder, $"{id}.{Version}.{extension}");

    /// <summary>Opens one.</summary>
    internal PackageArchive Open(string id, string extension = "nupkg") => new(PathOf(id, extension));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
