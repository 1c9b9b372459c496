using System.Reflection.PortableExecutable;

namespace FineTune.Tests.Packages;

[Collection(nameof(PackageCollection))]
public sealed class SymbolTests(PackedPackages packages)
{
    private const string Folder = PackedPackages.ToolFolder;

    [Fact]
    public void Assemblies_are_reproducible_and_their_symbols_link_or_hold_every_source()
    {
        using var package = packages.Open(PackedPackages.TheLibrary);
        using var symbols = packages.Open(PackedPackages.TheLibrary, "snupkg");
        using var tool = packages.Open(PackedPackages.Tool);

        ShouldBelong(package.Bytes("lib/net10.0/FineTune.dll"), symbols.Bytes("lib/net10.0/FineTune.pdb"));
        ShouldBelong(tool.Bytes($"{Folder}FineTune.dll"), tool.Bytes($"{Folder}FineTune.pdb"));
        ShouldBelong(tool.Bytes($"{Folder}FineTune.Cli.dll"), tool.Bytes($"{Folder}FineTune.Cli.pdb"));
    }

    private static void ShouldBelong(byte[] assembly, byte[] symbolFile)
    {
        using var reader = new PEReader(new MemoryStream(assembly));
        using var symbols = new SymbolFile(symbolFile);
        var entries = reader.ReadDebugDirectory();

        // the same sources give the same bytes
        entries.ShouldContain(e => e.Type == DebugDirectoryEntryType.Reproducible);
        reader.ReadCodeViewDebugDirectoryData(entries.Single(e => e.Type == DebugDirectoryEntryType.CodeView)).Guid.ShouldBe(symbols.Id);
        symbols.Documents.ShouldAllBe(path => path.StartsWith("/_", StringComparison.Ordinal));
        if (symbols.SourceLink is { } link)
            link.ShouldContain("https://");
        else
            symbols.EmbeddedDocuments.ShouldBe(symbols.Documents);
    }
}
