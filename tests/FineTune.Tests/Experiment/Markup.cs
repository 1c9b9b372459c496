using System.Text.RegularExpressions;

namespace FineTune.Tests.Experiment;

/// <summary>The tags of a page, read strictly: a name that was not escaped shows as a tag or an attribute that no page has.</summary>
internal static partial class Markup
{
    private const string Picture = "data:image/jpeg;base64,";

    private static readonly string[] Attributes =
    [
        "alt", "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content", "cx", "cy", "d", "height",
        "href", "html", "http-equiv",
        "id", "lang", "name", "points", "r", "rx", "role", "scope", "src", "style", "tabindex", "title", "viewBox",
        "width", "x", "x1", "x2", "y",
        "y1", "y2",
    ];

    private static readonly string[] Tags =
    [
        "!doctype", "a", "b", "body", "br", "caption", "circle", "code", "dd", "defs", "details", "div", "dl", "dt", "figcaption",
        "figure", "footer", "g", "h1", "h2", "h3", "head", "header", "html", "i", "img", "li", "line", "main", "meta", "nav", "p", "path",
        "polyline", "pre", "rect", "section", "small", "span", "style", "summary", "svg", "table",
        "tbody", "td", "text", "th", "thead", "title", "tr", "ul", "use",
    ];

    /// <summary>What is no markup of ours, or asks for something from elsewhere.</summary>
    public static IReadOnlyList<string> Problems(string html)
    {
        var problems = new List<string>();
        var text = Styles().Replace(html, style => style.Groups["css"].Value.Contains('<', StringComparison.Ordinal)
            ? style.Value
            : "<style></style>");
        for (var at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = text.IndexOf('<', at + 1))
        {
            var tag = Tag().Match(text, at, Math.Min(text.Length - at, 200_000));
            if (!tag.Success || tag.Index != at || !Tags.Contains(tag.Groups["name"].Value))
                problems.Add($"tag: {text.Substring(at, Math.Min(80, text.Length - at))}");
            var attributes = tag.Groups["attribute"].Captures.Select(a => a.Value);
            problems.AddRange(attributes.Where(a => !Attributes.Contains(a)).Select(a => $"attribute: {a}"));
        }

        var addresses = Addresses().Matches(html).Select(m => m.Groups["url"].Value);
        problems.AddRange(
            addresses.Where(u => !u.StartsWith('#') && !u.StartsWith(Picture, StringComparison.Ordinal)).Select(u => $"address: {u}"));
        if (html.Contains("@import", StringComparison.Ordinal))
            problems.Add("@import");
        return problems;
    }

    [GeneratedRegex("<style>(?<css>.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Styles();

    [GeneratedRegex("""\G</?(?<name>[a-z!][a-z0-9]*)(\s+(?<attribute>[a-zA-Z0-9-]+)(="[^"<>]*")?)*\s*/?>""", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex("""(\b(src|href)="(?<url>[^"]*)")|(url\((?<url>[^)]*)\))""")]
    private static partial Regex Addresses();
}
