using System.Text.RegularExpressions;

namespace FineTune.Weights;

/// <summary>A repository of the Hugging Face hub: <c>hf:owner/name</c>, or <c>hf:owner/name@revision</c>.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Repository">Its name.</param>
/// <param name="Revision">A branch, a tag or a commit; by default the branch main.</param>
internal sealed partial record HubName(string Owner, string Repository, string Revision)
{
    /// <summary>How such a name begins.</summary>
    public const string Start = "hf:";

    private const string Main = "main", Host = "https://huggingface.co";

    /// <summary>Whether a text is meant as such a name.</summary>
    public static bool Is(string text) => text.StartsWith(Start, StringComparison.Ordinal);

    /// <exception cref="FineTuneException">It is no such name.</exception>
    public static HubName Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? new(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Success ? match.Groups[3].Value : Main)
            : throw new FineTuneException(
                $"'{text}' names no repository of the hub; hf:owner/name and hf:owner/name@revision are allowed.");
    }

    /// <summary>The address of a file of a revision.</summary>
    public Uri File(string revision, string file) => new($"{Host}/{Owner}/{Repository}/resolve/{Uri.EscapeDataString(revision)}/{file}");

    /// <inheritdoc/>
    public override string ToString() => $"{Start}{Owner}/{Repository}{(Revision == Main ? string.Empty : $"@{Revision}")}";

    // The hub's own rule: letters, digits, and single - . _ within.
    [GeneratedRegex(
        @"^hf:(?!.*(?:\.\.|--))([A-Za-z0-9][\w.-]{0,95})/([A-Za-z0-9][\w.-]{0,95})(?:@([A-Za-z0-9][\w./-]{0,99}))?\z",
        RegexOptions.ECMAScript)]
    private static partial Regex Form();
}
