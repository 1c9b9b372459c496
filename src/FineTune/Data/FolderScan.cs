using FineTune.Images;

namespace FineTune.Data;

/// <summary>Walks the folders of one dataset and collects what is found beside its samples.</summary>
internal sealed class FolderScan(string root)
{
    private readonly FileWalk _walk = new();
    private readonly List<(string Path, ImageFormat Format)> _notTaken = [];
    private readonly List<LeftOutFile> _leftOut = [];

    /// <summary>Files and folders that are no sample, by path.</summary>
    public LeftOutFile[] LeftOut =>
    [
        .. _leftOut.Concat(_walk.Hidden.Select(path => new LeftOutFile(Relative(path), FileWalk.HiddenReason)))
            .OrderBy(f => f.Path, StringComparer.Ordinal),
    ];

    /// <summary>How many hidden files and leftovers of operating systems were met.</summary>
    public int Ignored => _walk.Ignored;

    /// <summary>The folders in <paramref name="folder"/>, by name, in ordinal order; hidden ones are passed over.</summary>
    public string[] Folders(string folder) => _walk.Folders(folder);

    /// <summary>Lists the files that lie directly in <paramref name="folder"/> as left out.</summary>
    public void LeaveOutFilesOf(string folder, string reason)
    {
        foreach (var file in _walk.Files(folder))
            LeaveOut(file, reason);
    }

    /// <summary>Lists <paramref name="path"/> as left out.</summary>
    public void LeaveOut(string path, string reason) => _leftOut.Add(new LeftOutFile(Relative(path), reason));

    /// <summary>
    /// The images in and under each of the dataset's class folders, in ordinal order of their paths; each real file once.
    /// </summary>
    public Dictionary<string, string[]> Images(IReadOnlyCollection<string> folders)
    {
        var images = _walk.Under(folders).ToDictionary(f => f.Key, f => f.Value.Where(IsCandidate).ToArray(), StringComparer.Ordinal);
        foreach (var (path, original) in _walk.Again)
            LeaveOut(path, $"the same as '{Relative(original)}', which is read already");
        return images;
    }

    /// <summary>What a folder without images holds instead, as the end of a sentence; null where nothing is known of it.</summary>
    public string? Instead(string folder)
    {
        var inside = _notTaken.Where(f => f.Path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)).ToArray();
        if (inside.Length == 0)
            return Again(folder) ?? OnlyHidden(folder) ?? Runs(folder);
        var format = inside.GroupBy(f => f.Format).MaxBy(g => g.Count())!;
        var count = format.Count();
        var files = count == 1 ? "file" : "files";
        return $"but {count} {ImageFormats.Name(format.Key)} {files}: {ImageFormats.WhyNoSample(format.Key)}";
    }

    /// <summary>The first hidden image, or hidden folder of images, of a folder, as the end of a sentence; null: none.</summary>
    public string? OnlyHidden(string folder)
    {
        var inside = folder + Path.DirectorySeparatorChar;
        var hidden = _walk.Hidden.FirstOrDefault(path => path.StartsWith(inside, StringComparison.Ordinal));
        return hidden is null ? null : $"but '{Relative(hidden)}': {FileWalk.HiddenReason}";
    }

    private string? Again(string folder)
    {
        var inside = folder + Path.DirectorySeparatorChar;
        var again = _walk.Again.FirstOrDefault(a => a.Path == folder || a.Path.StartsWith(inside, StringComparison.Ordinal));
        return again.Path is null
            ? null
            : $"since '{Relative(again.Path)}' is the same as '{Relative(again.Original)}', which is read already";
    }

    private static string? Runs(string folder) => Directory.GetDirectories(folder).FirstOrDefault(FileWalk.IsResult) is { } run
        ? $"but a run ('{Path.GetFileName(run)}'): keep runs out of the folder of images"
        : null;

    private string Relative(string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    /// <summary>
    /// An ending of a read format makes a candidate, whatever the bytes: a damaged one is to be reported, not passed
    /// over. Any other file is one if its bytes say so.
    /// </summary>
    private bool IsCandidate(string path)
    {
        if (ImageFormats.HasSampleEnding(path))
            return true;
        var format = ImageFormats.Sniff(path, out var problem);
        if ((problem ?? ImageFormats.WhyNoSample(format)) is not { } reason)
            return true;
        LeaveOut(path, reason);
        if (format != ImageFormat.Unknown)
            _notTaken.Add((path, format));
        return false;
    }
}
