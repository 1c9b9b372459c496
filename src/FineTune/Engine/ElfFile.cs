using System.Buffers.Binary;
using System.Text;

namespace FineTune.Engine;

/// <summary>What an ELF64 shared library asks of others: its dynamic symbols, and the symbol versions that it needs.</summary>
/// <param name="bytes">The whole file; edits are made in place.</param>
internal sealed class ElfFile(byte[] bytes)
{
    private const int SymbolTable = 11, VersionNeeds = 0x6ffffffe, SymbolVersions = 0x6fffffff; // section types
    private const int SymbolSize = 24;
    private const ushort Weak = 2, Unversioned = 1, IndexMask = 0x7fff;

    private readonly List<Section> _sections = ReadSections(bytes);

    /// <summary>
    /// Makes a version that the file needs optional: the need becomes weak, and each symbol of that version is asked for without a
    /// version and under another name.
    /// </summary>
    /// <param name="version">Such as GLIBCXX_3.4.32.</param>
    /// <param name="standIn">A function that the file imports already, safe to be called in place of each of them.</param>
    /// <returns>The names of the symbols that were redirected; none where the file does not need the version.</returns>
    /// <exception cref="InvalidDataException">The file is not of the form that is known, or does not import the stand-in.</exception>
    public IReadOnlyList<string> MakeOptional(string version, string standIn)
    {
        var symbols = Find(SymbolTable);
        var strings = _sections[symbols.Link];
        if (WeakenNeed(Find(VersionNeeds), strings, version) is not { } index)
            return [];
        var versions = Find(SymbolVersions);
        var names = Enumerable.Range(0, symbols.Size / SymbolSize)
            .Select(k => (At: symbols.Offset + (k * SymbolSize), VersionAt: versions.Offset + (2 * k)))
            .ToArray();
        var name = names.Select(s => U32(s.At)).FirstOrDefault(n => Text(strings, n) == standIn);
        if (name == 0)
            throw new InvalidDataException($"it does not import {standIn}");
        var redirected = new List<string>();
        foreach (var (at, versionAt) in names.Where(s => (U16(s.VersionAt) & IndexMask) == index))
        {
            redirected.Add(Text(strings, U32(at)));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), name);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(versionAt), Unversioned);
        }

        return redirected;
    }

    /// <summary>Marks the need for a version as weak; its index in the table of symbol versions, or null where it is not needed.</summary>
    private int? WeakenNeed(Section needs, Section strings, string version)
    {
        // Elfxx_Verneed: version, count, file, first entry, next; Elfxx_Vernaux: hash, flags, index, name, next
        for (var library = needs.Offset; ; library += (int)U32(library + 12))
        {
            var entry = library + (int)U32(library + 8);
            for (var k = U16(library + 2); k > 0; k--, entry += (int)U32(entry + 12))
            {
                if (Text(strings, U32(entry + 8)) != version)
                    continue;
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(entry + 4), (ushort)(U16(entry + 4) | Weak));
                return U16(entry + 6);
            }

            if (U32(library + 12) == 0)
                return null;
        }
    }

    private static List<Section> ReadSections(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith("\x7f"u8) || !bytes.AsSpan(1).StartsWith("ELF\x02\x01"u8))
            throw new InvalidDataException("it is no 64-bit little-endian ELF file");
        var table = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(0x28)));
        var size = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(0x3A));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(0x3C));
        return [.. Enumerable.Range(0, count).Select(k => Section.Read(bytes.AsSpan(table + (k * size))))];
    }

    private Section Find(int type) =>
        _sections.FirstOrDefault(s => s.Type == type) ?? throw new InvalidDataException($"it has no section of type {type:x}");

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private string Text(Section strings, uint offset)
    {
        var text = bytes.AsSpan(strings.Offset + (int)offset);
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    /// <summary>What of a section header is used.</summary>
    private sealed record Section(int Type, int Offset, int Size, int Link)
    {
        public static Section Read(ReadOnlySpan<byte> header) => new(
            (int)BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
            checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[24..])),
            checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..])),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(header[40..]));
    }
}
