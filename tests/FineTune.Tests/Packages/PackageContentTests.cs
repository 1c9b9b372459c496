using System.Reflection.PortableExecutable;
using System.Text;

namespace FineTune.Tests.Packages;

[Collection(nameof(PackageCollection))]
public sealed class PackageContentTests(PackedPackages packages)
{
    private const string Library = PackedPackages.TheLibrary;
    private const string Export = PackedPackages.Export;
    private const string Pointer = PackedPackages.Pointer;
    private const string Tool = PackedPackages.Tool;
    private const string ToolFolder = PackedPackages.ToolFolder;

    [Fact]
    public void The_script_lists_what_it_made_with_sizes()
    {
        foreach (var file in Directory.GetFiles(packages.Folder))
            packages.Listed.ShouldContain($" MB  {file}\n");
        Directory.GetFiles(packages.Folder).Length.ShouldBe(6);
    }

    [Theory]
    [InlineData(Library)]
    [InlineData(Export)]
    [InlineData(Pointer)]
    [InlineData(Tool)]
    public void A_package_says_its_licence_and_its_purpose_and_holds_its_readme(string id)
    {
        using var package = packages.Open(id);

        package.Metadatum("license").ShouldBe("MIT");
        package.Metadatum("readme").ShouldBe("README.md");
        package.Metadatum("version").ShouldBe(PackedPackages.Version);
        package.Metadatum("description").ShouldNotBeNullOrEmpty();
        package.Metadatum("tags").ShouldNotBeNullOrEmpty();
        package.Bytes("README.md").ShouldBe(File.ReadAllBytes(Path.Combine(Repo.Root, "README.md")));
        package.Bytes("LICENSE").ShouldBe(File.ReadAllBytes(Path.Combine(Repo.Root, "LICENSE")));
    }

    [Fact]
    public void The_library_depends_on_TorchSharp_and_neither_depends_on_nor_holds_a_libtorch()
    {
        using var package = packages.Open(Library);

        package.Dependencies.ShouldContain("TorchSharp");
        package.Dependencies.ShouldNotContain(id => id.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));
        package.Names.ShouldContain("lib/net10.0/FineTune.dll");
        package.Names.ShouldContain("lib/net10.0/FineTune.xml");
        package.Names.ShouldNotContain(n => n.Contains("torch", StringComparison.OrdinalIgnoreCase));
        new FileInfo(packages.PathOf(Library)).Length.ShouldBeLessThan(5_000_000);
    }

    [Fact]
    public void The_export_depends_on_the_library_and_on_ONNX_Runtime_which_the_library_does_not()
    {
        using var package = packages.Open(Export);
        using var library = packages.Open(Library);

        package.Dependencies.ShouldBe(["FineTune", "Google.Protobuf", "Microsoft.ML.OnnxRuntime", "OnnxSharp"], ignoreOrder: true);
        library.Dependencies.ShouldNotContain(id => id.Contains("Onnx", StringComparison.Ordinal));
        new FileInfo(packages.PathOf(Export)).Length.ShouldBeLessThan(500_000);
    }

    [Fact]
    public void The_pointer_holds_no_code_and_names_the_systems_package()
    {
        using var package = packages.Open(Pointer);

        package.Names.ShouldBe(["FineTune.Cli.nuspec", "LICENSE", "README.md", "tools/any/any/DotnetToolSettings.xml"], ignoreOrder: true);
        var systems = package.Xml("tools/any/any/DotnetToolSettings.xml").Descendants("RuntimeIdentifierPackage");
        systems.Select(s => s.Attribute("Id")!.Value).ShouldBe([Tool]);
    }

    [Fact]
    public void The_tool_holds_its_own_systems_libtorch_once_and_nothing_of_other_systems()
    {
        using var package = packages.Open(Tool);
        var natives = package.Names.Where(n => n.EndsWith(".so", StringComparison.Ordinal)).Select(Path.GetFileName);

        natives.Count(n => n == "libtorch_cpu.so").ShouldBe(1);
        package.Names.ShouldContain($"{ToolFolder}libtorch/libtorch_cpu.so");
        string[] foreign = [".dylib", "/runtimes/"];
        package.Names.ShouldNotContain(n => foreign.Any(f => n.Contains(f, StringComparison.Ordinal)));
        foreach (var dll in package.Names.Where(n => n.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var assembly = new PEReader(new MemoryStream(package.Bytes(dll)));
            assembly.HasMetadata.ShouldBeTrue($"{dll} is native code for Windows");
        }

        new FileInfo(packages.PathOf(Tool)).Length.ShouldBeInRange(100_000_000, 200_000_000);
    }

    [Fact]
    public void The_tool_holds_the_shipped_weights_with_their_cards()
    {
        using var package = packages.Open(Tool);

        foreach (var (name, file) in Shipped())
            package.Bytes($"{ToolFolder}models/{name}").ShouldBe(File.ReadAllBytes(file));
    }

    [Fact]
    public void The_library_holds_the_shipped_weights_and_puts_them_beside_the_application()
    {
        using var package = packages.Open(Library);

        foreach (var (name, file) in Shipped())
            package.Bytes($"models/{name}").ShouldBe(File.ReadAllBytes(file));
        package.Names.ShouldContain("buildTransitive/FineTune.targets");
    }

    [Fact]
    public void The_tool_holds_the_licences_of_what_it_hands_on()
    {
        using var package = packages.Open(Tool);

        foreach (var id in new[] { "TorchSharp", "Microsoft.ML.OnnxRuntime", $"libtorch-cpu-{PackedPackages.System}" })
            package.Names.ShouldContain(n => n.StartsWith($"{ToolFolder}licences/{id}/LICENSE", StringComparison.Ordinal));
        package.Names.ShouldContain($"{ToolFolder}licences/YamlDotNet/nuspec.xml");
    }

    [Theory]
    [InlineData(Library, "nupkg")]
    [InlineData(Library, "snupkg")]
    [InlineData(Export, "nupkg")]
    [InlineData(Export, "snupkg")]
    [InlineData(Pointer, "nupkg")]
    [InlineData(Tool, "nupkg")]
    public void No_path_of_the_building_machine_is_inside(string id, string extension)
    {
        using var package = packages.Open(id, extension);

        foreach (var entry in package.Entries.Where(e => e.Length < 10_000_000)) // all but libtorch itself
        {
            var bytes = package.Bytes(entry.FullName);
            foreach (var folder in new[] { Repo.Root, ConsoleProject.PackagesAtHand })
            {
                bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(folder)).ShouldBe(-1, $"{entry.FullName} says {folder}");
                bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(folder)).ShouldBe(-1, $"{entry.FullName} says {folder}");
            }
        }
    }

    /// <summary>The folder models/: names as a package has them, and paths.</summary>
    private static IEnumerable<(string Name, string Path)> Shipped()
    {
        var folder = Path.Combine(Repo.Root, "models");
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        files.ShouldContain(f => f.EndsWith("imagenet1k.txt", StringComparison.Ordinal));
        return files.Select(f => (Path.GetRelativePath(folder, f).Replace('\\', '/'), f));
    }
}
