using System.Text.Json.Nodes;
using FineTune.Tests.Cli;

namespace FineTune.Tests.Engine;

/// <summary>The command line in a folder of its own, which knows of no libtorch until it is told of one.</summary>
internal sealed class BareApplication : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("finetune-engine-").FullName;

    public BareApplication()
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory).Where(f => Path.GetExtension(f) is ".dll" or ".json"))
            File.Copy(file, PathOf(Path.GetFileName(file)));
        var natives = Path.Combine("runtimes", "linux-x64", "native");
        Directory.CreateDirectory(PathOf(natives));
        foreach (var name in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, natives)).Select(f => Path.GetFileName(f)))
        {
            if (!name.StartsWith("libLibTorchSharp-", StringComparison.Ordinal)) // a copy that was made
                File.Copy(Path.Combine(AppContext.BaseDirectory, natives, name), PathOf(Path.Combine(natives, name)));
        }

        var settings = PathOf("FineTune.Cli.runtimeconfig.json");
        var json = JsonNode.Parse(File.ReadAllText(settings))!;
        Libtorch = (string)json["runtimeOptions"]!["configProperties"]!["FineTune.Libtorch"]!;
        json["runtimeOptions"]!["configProperties"]!.AsObject().Remove("FineTune.Libtorch");
        File.WriteAllText(settings, json.ToJsonString());
    }

    /// <summary>The folder of the package's libtorch.</summary>
    public string Libtorch { get; }

    /// <summary>TorchSharp's own library.</summary>
    public string TorchSharp => PathOf(Path.Combine("runtimes", "linux-x64", "native", "libLibTorchSharp.so"));

    /// <summary>The copies that were made of it, beside it.</summary>
    public string[] Copies => Directory.GetFiles(Path.GetDirectoryName(TorchSharp)!, "libLibTorchSharp-*");

    public string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Runs doctor.</summary>
    /// <param name="libtorch">FINETUNE_LIBTORCH; empty: not named.</param>
    /// <param name="cache">The user's cache folder; null: one of the test's own.</param>
    public Outcome Doctor(string libtorch, string? cache = null) => Run(libtorch, cache, "doctor", "--json");

    public Outcome Run(string libtorch, string? cache, params string[] arguments) =>
        Finetune.RunProgram(
            "dotnet",
            ["exec", PathOf("FineTune.Cli.dll"), .. arguments],
            ("FINETUNE_LIBTORCH", libtorch),
            ("XDG_CACHE_HOME", cache ?? PathOf("cache")));

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
