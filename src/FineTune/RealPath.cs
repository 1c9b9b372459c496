namespace FineTune;

/// <summary>Paths without links.</summary>
internal static class RealPath
{
    /// <summary>The full path without links, as far as its folders exist.</summary>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var parent = Path.GetDirectoryName(full);
        if (parent is null)
            return full;
        var here = Path.Combine(Of(parent), Path.GetFileName(full));
        var target = Directory.Exists(here) ? Directory.ResolveLinkTarget(here, returnFinalTarget: true) : null;
        return target is null ? here : Of(target.FullName);
    }

    /// <summary>" (looked for in '/home/ada')", the end of a sentence that a relative path is not there; empty for another path.</summary>
    public static string LookedFor(string path) =>
        Path.IsPathRooted(path) ? string.Empty : $" (looked for in '{Directory.GetCurrentDirectory()}')";

    /// <summary>Whether a path is a folder, or lies in it.</summary>
    public static bool IsWithin(string path, string folder)
    {
        var (inner, outer) = (Of(path), Of(folder));
        var within = Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar;
        return inner == outer || inner.StartsWith(within, StringComparison.Ordinal);
    }
}
