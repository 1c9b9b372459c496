using FineTune.Images;

namespace FineTune.Data;

/// <summary>Walks folders of one dataset and collects what is found beside its samples.</summary>
internal sealed class FolderScan(string root)
{
    private const int SignatureBytes = 32;

    private static readonly HashSet<string> Junk = new(StringComparer.OrdinalIgnoreCase)
    {
        "Thumbs.db", "ehthumbs.db", "desktop.ini", "__MACOSX", "Icon\r", "$RECYCLE.BIN",
    };

    private readonly HashSet<string> _ignored = new(StringComparer.Ordinal);

    /// <summary>Files that are no sample, as found.</summary>
    public List<LeftOutFile> LeftOut { get; } = [];

    /// <summary>How many hidden files and leftovers of operating systems were met.</summary>
    public int Ignored => _ignored.Count;

    /// <summary>The folders in <paramref name="folder"/>, by name, in ordinal order; hidden ones are passed over.</summary>
    public string[] Folders(string folder) =>
        List(folder, Directory.GetDirectories).Where(Counts).Order(StringComparer.Ordinal).ToArray();

    /// <summary>Lists the files that lie directly in <paramref name="folder"/> as left out.</summary>
    public void LeaveOutFilesOf(string folder, string reason)
    {
        foreach (var file in List(folder, Directory.GetFiles).Where(Counts))
            LeaveOut(file, reason);
    }

    /// <summary>Lists <paramref name="path"/> as left out.</summary>
    public void LeaveOut(string path, string reason) =>
        LeftOut.Add(new LeftOutFile(Path.GetRelativePath(root, path).Replace('\\', '/'), reason));

    /// <summary>The images in and under <paramref name="folder"/>, in ordinal order of their paths.</summary>
    public string[] Images(string folder)
    {
        var found = new List<string>();
        Walk(folder, found, []);
        return found.Order(StringComparer.Ordinal).ToArray();
    }

    /// <summary>Walks down, following links; <paramref name="above"/> holds the real paths of the folders it stands in.</summary>
    private void Walk(string folder, List<string> found, Stack<string> above)
    {
        var real = Real(folder, above);
        if (above.Contains(real))
            throw new FineTuneException($"The folder '{folder}' leads back, by a link, to a folder above it.");
        above.Push(real);
        found.AddRange(List(folder, Directory.GetFiles).Where(Counts).Where(IsCandidate));
        foreach (var inner in Folders(folder))
            Walk(inner, found, above);
        above.Pop();
    }

    private static string Real(string folder, Stack<string> above)
    {
        var target = List(folder, f => [Directory.ResolveLinkTarget(f, returnFinalTarget: true)?.FullName ?? string.Empty])[0];
        if (target.Length > 0)
            return Path.TrimEndingDirectorySeparator(target);
        return above.TryPeek(out var parent) ? Path.Combine(parent, Path.GetFileName(folder)) : folder;
    }

    /// <summary>
    /// An ending of a read format makes a candidate, whatever the bytes: a damaged one is to be reported, not passed
    /// over. Any other file is one if its bytes say so.
    /// </summary>
    private bool IsCandidate(string path)
    {
        if (ImageFormats.HasSampleEnding(path))
            return true;
        var reason = ImageFormats.WhyNoSample(Sniff(path));
        if (reason is not null)
            LeaveOut(path, reason);
        return reason is null;
    }

    private static ImageFormat Sniff(string path)
    {
        Span<byte> start = stackalloc byte[SignatureBytes];
        try
        {
            using var file = File.OpenHandle(path);
            return ImageFormats.Detect(start[..RandomAccess.Read(file, start, 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return ImageFormat.Unknown;
        }
    }

    private bool Counts(string path)
    {
        var name = Path.GetFileName(path);
        if (!name.StartsWith('.') && !Junk.Contains(name))
            return true;
        _ignored.Add(path);
        return false;
    }

    private static string[] List(string folder, Func<string, string[]> list)
    {
        try
        {
            return list(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"The folder '{folder}' cannot be listed: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
