namespace FineTune.Weights;

/// <summary>
/// What is kept of one revision of a repository: a folder for each commit, and for a branch or a tag which commit it was at first
/// use. A server that does not say the commit gets a folder by the revision's name.
/// </summary>
/// <param name="folder">The repository's folder.</param>
/// <param name="revision">A branch, a tag or a commit.</param>
internal sealed class HubFolder(string folder, string revision)
{
    private const int CommitDigits = 40;

    /// <summary>The commit that the revision is or was at first use; null where it is not known.</summary>
    public string? Commit
    {
        get
        {
            if (IsCommit(revision))
                return revision;
            try
            {
                return File.Exists(Record) && RegularFile.Text(Record).Trim() is { } commit && IsCommit(commit) ? commit : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FineTuneException($"Cannot read '{Record}': {RegularFile.Reason(Record, e)}.", e);
            }
        }
    }

    private string Record => Path.Combine(folder, $"revision-{Plain(revision)}.commit");

    /// <summary>Where the files of a commit lie; of the revision itself where no commit is known.</summary>
    public string Of(string? commit) => Path.Combine(folder, commit ?? $"revision-{Plain(revision)}");

    /// <summary>Remembers which commit the revision is.</summary>
    public void Keep(string commit)
    {
        if (IsCommit(revision))
            return;
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Record, commit + "\n");
    }

    /// <summary>Whether a text is a commit's hash.</summary>
    public static bool IsCommit(string? text) => text?.Length == CommitDigits && text.All(char.IsAsciiHexDigitLower);

    private static string Plain(string revision) => Uri.EscapeDataString(revision);
}
