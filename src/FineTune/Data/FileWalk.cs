using FineTune.Engine;
using FineTune.Images;

namespace FineTune.Data;

/// <summary>
/// Walks down folders, following links, and gives each real file once: by the path without links where there is one, else by the first
/// path in ordinal order. What is met again by a link is listed.
/// </summary>
internal sealed class FileWalk
{
    /// <summary>Why a hidden image is left out, as a clause.</summary>
    public const string HiddenReason = "the name begins with a dot, so it counts as hidden";

    private static readonly HashSet<string> Junk = new(StringComparer.OrdinalIgnoreCase)
    {
        "Thumbs.db", "ehthumbs.db", "desktop.ini", "__MACOSX", "Icon\r", "$RECYCLE.BIN", ".DS_Store", ".git",
    };

    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal); // what identifies it, and its first path
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _identities = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ignored = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _hidden = new(StringComparer.Ordinal);

    /// <summary>Files and folders that are others again, by a link, each with the path that it was read by.</summary>
    public List<(string Path, string Original)> Again { get; } = [];

    /// <summary>Images, and folders that hold images, that are passed over since their names begin with a dot.</summary>
    public IReadOnlyCollection<string> Hidden => _hidden;

    /// <summary>How many other hidden files and leftovers of operating systems were met.</summary>
    public int Ignored => _ignored.Count;

    /// <summary>The folders in <paramref name="folder"/>, in ordinal order of their names; hidden ones and runs are passed over.</summary>
    public string[] Folders(string folder) => Listed(folder, Directory.GetDirectories, IsRun);

    /// <summary>The files that lie directly in <paramref name="folder"/>, in ordinal order; hidden ones are passed over.</summary>
    public string[] Files(string folder) => Listed(folder, Directory.GetFiles, _ => false);

    /// <summary>The files in and under each of some folders, in ordinal order of their paths.</summary>
    public Dictionary<string, string[]> Under(IReadOnlyCollection<string> folders)
    {
        var found = folders.ToDictionary(f => f, _ => new List<string>(), StringComparer.Ordinal);
        var links = new List<(string Path, bool IsFolder, List<string> Found)>();
        foreach (var folder in folders)
        {
            if (IsLink(folder) || IsLink(Path.GetDirectoryName(folder)))
                links.Add((folder, true, found[folder]));
            else
                Walk(folder, found[folder], links);
        }

        while (links.Count > 0)
        {
            var next = links.OrderBy(l => l.Path, StringComparer.Ordinal).ToArray();
            links.Clear();
            foreach (var (path, isFolder, into) in next)
            {
                if (isFolder)
                    Walk(path, into, links);
                else
                    Take(path, into);
            }
        }

        return found.ToDictionary(f => f.Key, f => f.Value.Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Notes a file that was given by its own name, so that a walk does not give it again.</summary>
    public void Give(string path) => _files.TryAdd(Identity(path), path);

    private void Walk(string folder, List<string> found, List<(string Path, bool IsFolder, List<string> Found)> links)
    {
        if (!_folders.TryAdd(OfFolder(folder), folder))
        {
            if (_folders[OfFolder(folder)] != folder)
                Again.Add((folder, _folders[OfFolder(folder)]));
            return;
        }

        foreach (var file in Files(folder))
        {
            if (IsLink(file))
                links.Add((file, false, found));
            else
                Take(file, found);
        }

        foreach (var inner in Folders(folder))
        {
            if (IsLink(inner))
                links.Add((inner, true, found));
            else
                Walk(inner, found, links);
        }
    }

    private void Take(string file, List<string> found)
    {
        var identity = Identity(file);
        if (_files.TryAdd(identity, file))
            found.Add(file);
        else if (_files[identity] != file)
            Again.Add((file, _files[identity]));
    }

    /// <summary>
    /// The real folder and the name in it: hard links are files of their own, as every copy of the folder would have them.
    /// </summary>
    private string Identity(string file)
    {
        var real = Target(file) ?? file;
        return Path.Combine(OfFolder(Path.GetDirectoryName(Path.GetFullPath(real))!), Path.GetFileName(real));
    }

    private string OfFolder(string folder)
    {
        if (_identities.TryGetValue(folder, out var known))
            return known;
        return _identities[folder] = FileStatus.Of(folder) is { } status
            ? FormattableString.Invariant($"{status.Device}:{status.Number}")
            : Path.TrimEndingDirectorySeparator(Target(folder) ?? Path.GetFullPath(folder));
    }

    private static bool IsLink(string? path) => !string.IsNullOrEmpty(path) && new FileInfo(path).LinkTarget is not null;

    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // a link that leads to itself, or a name that is not UTF-8: reading it says so
        }
    }

    private string[] Listed(string folder, Func<string, string[]> list, Func<string, bool> passOver)
    {
        try
        {
            return [.. list(folder).Where(path => IsSeen(path) && !(passOver(path) && Ignore(path))).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = RegularFile.NameNotUtf8(folder) ?? e.Message.TrimEnd('.');
            throw new FineTuneException($"The folder '{folder}' cannot be listed: {reason}.", e);
        }
    }

    /// <summary>Whether a folder is a run, a saved ensemble or a sweep.</summary>
    public static bool IsResult(string folder) =>
        (File.Exists(Path.Combine(folder, "recipe.yaml")) && Directory.Exists(Path.Combine(folder, "checkpoints")))
        || (File.Exists(Path.Combine(folder, "ensemble.json")) && Directory.Exists(Path.Combine(folder, "members")))
        || File.Exists(Path.Combine(folder, "sweep.json"));

    /// <summary>Whether a folder is one of these, or holds nothing else.</summary>
    private static bool IsRun(string folder)
    {
        try
        {
            if (IsResult(folder))
                return true;
            string[] inside =
                [.. Directory.GetFileSystemEntries(folder).Where(p => Path.GetFileName(p) is var n && n[0] != '.' && !IsLeftover(n))];
            return inside.Length > 0 && inside.All(IsResult);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // listing it says why
        }
    }

    private bool IsSeen(string path)
    {
        var name = Path.GetFileName(path);
        if (IsLeftover(name))
            return !Ignore(path);
        if (!name.StartsWith('.'))
            return true;
        if (!_ignored.Contains(path) && !_hidden.Contains(path))
            (HoldsImages(path) ? (ISet<string>)_hidden : _ignored).Add(path);
        return false;
    }

    /// <summary>What operating systems leave behind; "._photo.jpg" holds what macOS knows of photo.jpg.</summary>
    private static bool IsLeftover(string name) => Junk.Contains(name) || name.StartsWith("._", StringComparison.Ordinal);

    /// <summary>Whether a path has, or holds at any depth, a name that ends as an image's does; links are not followed.</summary>
    private static bool HoldsImages(string path)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*", all).Any(f => IsImageName(Path.GetFileName(f)))
            : IsImageName(Path.GetFileName(path));
    }

    private static bool IsImageName(string name) => !IsLeftover(name) && ImageFormats.HasSampleEnding(name);

    /// <summary>Counts what is passed over; always true.</summary>
    private bool Ignore(string path)
    {
        _ignored.Add(path);
        return true;
    }
}
