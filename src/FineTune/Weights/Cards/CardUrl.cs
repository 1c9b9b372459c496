namespace FineTune.Weights;

/// <summary>The addresses that a card may name.</summary>
internal static class CardUrl
{
    /// <summary>In words.</summary>
    public const string Allowed = "an https address of a file, without a user's name and without '#'; http for this machine";

    private const int LongestName = 200;

    /// <summary>The address; null where it is not one that is allowed.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url is { UserInfo: "", Fragment: "" }
        && IsFileName(FileOf(url))
            ? url
            : null;

    /// <summary>The name of the file at its end.</summary>
    public static string FileOf(Uri url) => Uri.UnescapeDataString(url.Segments[^1]);

    /// <summary>Whether it names a file of a folder and nothing else, on every system.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and <= LongestName
        && name is not ("." or "..")
        && name.All(c => !char.IsControl(c) && !"/\\:*?\"<>|".Contains(c, StringComparison.Ordinal));
}
