using System.Reflection.Metadata;
using System.Text;

namespace FineTune.Tests.Packages;

/// <summary>A portable PDB: which assembly it belongs to, and where it says that the sources are.</summary>
internal sealed class SymbolFile : IDisposable
{
    private static readonly Guid SourceLinkKind = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid EmbeddedSourceKind = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private readonly MetadataReaderProvider _provider;
    private readonly MetadataReader _reader;

    public SymbolFile(byte[] bytes)
    {
        _provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(bytes));
        _reader = _provider.GetMetadataReader();
    }

    /// <summary>The assembly's own CodeView entry has the same.</summary>
    public Guid Id => new BlobContentId(_reader.DebugMetadataHeader!.Id).Guid;

    /// <summary>The source files' paths as the compiler wrote them.</summary>
    public IReadOnlyList<string> Documents => [.. _reader.Documents.Select(d => _reader.GetString(_reader.GetDocument(d).Name))];

    /// <summary>Those of <see cref="Documents"/> whose text is inside.</summary>
    public IReadOnlyList<string> EmbeddedDocuments =>
    [
        .. _reader.Documents
            .Where(d => Find(d, EmbeddedSourceKind) is not null)
            .Select(d => _reader.GetString(_reader.GetDocument(d).Name)),
    ];

    /// <summary>Source Link's JSON, which says from where a debugger fetches the others; null where there is none.</summary>
    public string? SourceLink => Find(EntityHandle.ModuleDefinition, SourceLinkKind) is { } found ? Encoding.UTF8.GetString(found) : null;

    public void Dispose() => _provider.Dispose();

    private byte[]? Find(EntityHandle owner, Guid kind)
    {
        foreach (var handle in _reader.GetCustomDebugInformation(owner))
        {
            var information = _reader.GetCustomDebugInformation(handle);
            if (_reader.GetGuid(information.Kind) == kind)
                return _reader.GetBlobBytes(information.Value);
        }

        return null;
    }
}
