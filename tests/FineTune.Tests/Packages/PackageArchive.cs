using System.IO.Compression;
using System.Xml.Linq;

namespace FineTune.Tests.Packages;

/// <summary>A NuGet package as the zip file that it is.</summary>
internal sealed class PackageArchive(string path) : IDisposable
{
    private readonly ZipArchive _zip = ZipFile.OpenRead(path);

    public IReadOnlyList<ZipArchiveEntry> Entries => _zip.Entries;

    /// <summary>The paths inside, without what the format itself adds.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Entries.Select(e => e.FullName)
            .Where(n => !n.StartsWith("_rels/", StringComparison.Ordinal) && !n.StartsWith("package/", StringComparison.Ordinal))
            .Where(n => n != "[Content_Types].xml"),
    ];

    /// <summary>What the package says of itself.</summary>
    public XElement Metadata => Xml(Names.Single(n => n.EndsWith(".nuspec", StringComparison.Ordinal))).Elements().Single();

    /// <summary>A value of the metadata by its name, whatever the schema's year; null where there is none.</summary>
    public string? Metadatum(string name) => Metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;

    /// <summary>The ids of the packages that it depends on.</summary>
    public IReadOnlyList<string> Dependencies =>
        [.. Metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value)];

    public byte[] Bytes(string name)
    {
        using var content = _zip.GetEntry(name).ShouldNotBeNull($"{name} is not in {Path.GetFileName(path)}").Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    public XElement Xml(string name)
    {
        using var content = new MemoryStream(Bytes(name));
        return XDocument.Load(content).Root!;
    }

    public void Dispose() => _zip.Dispose();
}
