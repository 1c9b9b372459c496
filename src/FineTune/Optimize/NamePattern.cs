using System.Text.RegularExpressions;

namespace FineTune.Optimize;

/// <summary>Names of parameters, with * for any text: "layer4.*".</summary>
/// <param name="Text">The pattern.</param>
public sealed record NamePattern(string Text)
{
    private readonly Regex _regex = new(
        "^" + Regex.Escape(Text).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant);

    /// <summary>Whether it has a parameter.</summary>
    public bool Matches(string parameter) => _regex.IsMatch(parameter);
}
