using System.Net;
using System.Text;

namespace FineTune.Experiment.Report;

/// <summary>The frame of a page that stands alone: nothing from elsewhere, light or dark as the reader's system is.</summary>
internal static class Html
{
    private const string Start = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">" // of all pages
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    /// <summary>Checks that a page can be written later, and that it takes no other file's place; nothing is left behind.</summary>
    /// <exception cref="FineTuneException">It cannot be written, or there is a file that is no page of finetune's.</exception>
    public static void CheckPlace(string path)
    {
        AtomicFile.CheckWritable(path);
        if (File.Exists(path) && !IsPage(path))
            throw new FineTuneException($"'{path}' exists and is no page that finetune wrote; give another name, or remove it.");
    }

    private static bool IsPage(string path)
    {
        var start = new char[Start.Length];
        try
        {
            using var reader = new StreamReader(RegularFile.OpenStream(path));
            return reader.ReadBlock(start) == start.Length && start.AsSpan().SequenceEqual(Start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{path}' exists and cannot be read: {RegularFile.Reason(path, e)}; give another name.", e);
        }
    }

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A class name, escaped; a long one has an ellipsis in its middle.</summary>
    public static string Name(string name) => Escape(Printable.Of(ShortText.Of(name)));

    /// <summary>Text with numbers as English writes them. What comes from folders and recipes is escaped by the caller.</summary>
    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>A whole page. The browser is told to load nothing from anywhere, whatever the page says.</summary>
    /// <param name="title">What a browser calls it.</param>
    /// <param name="body">Its content, escaped where it must be.</param>
    /// <param name="style">CSS beside that of all pages.</param>
    /// <param name="script">Whether the page has a script of its own; without, none runs.</param>
    public static string Page(string title, string body, string style = "", bool script = false)
    {
        var scripts = script ? "; script-src 'unsafe-inline'" : string.Empty;
        return Start + $"{scripts}; base-uri 'none'; form-action 'none'\">"
            + "<meta name=\"viewport\" content=\"width=device-width\">"
            + $"<title>{Escape(title)}</title><style>\n{Palette.Css}\n{Style.Css}\n{style}</style></head>\n"
            + $"<body><main>\n{body}\n</main></body></html>\n";
    }

    /// <summary>Sections under a list of links to them.</summary>
    public static string Sections(IReadOnlyList<Section> sections)
    {
        var html = new StringBuilder("<nav aria-label=\"sections\"><ul>");
        foreach (var section in sections)
            html.Append($"<li><a href=\"#{section.Id}\">{Escape(section.Title)}</a></li>");
        html.Append("</ul></nav>\n");
        foreach (var section in sections)
        {
            html.Append($"<section aria-labelledby=\"{section.Id}\"><h2 id=\"{section.Id}\">{Escape(section.Title)}</h2>");
            html.Append(section.Lead.Length > 0 ? $"<p class=\"lead\">{Escape(section.Lead)}</p>" : string.Empty);
            html.Append(section.Body).Append("</section>\n");
        }

        return html.ToString();
    }

    /// <summary>A table in a box that can be scrolled by the keyboard.</summary>
    /// <param name="name">What it is of, for those who do not see it.</param>
    /// <param name="head">Titles of its columns.</param>
    /// <param name="rows">Cells as HTML; the first of a row is its title.</param>
    /// <param name="css">Its class.</param>
    public static string Table(string name, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, string css = "list")
    {
        var html = new StringBuilder($"<table class=\"{css}\"><thead><tr>");
        html.Append(string.Concat(head.Select(h => $"<th scope=\"col\">{h}</th>"))).Append("</tr></thead><tbody>");
        foreach (var row in rows)
            html.Append($"<tr><th scope=\"row\">{row[0]}</th>{string.Concat(row.Skip(1).Select(c => $"<td>{c}</td>"))}</tr>");
        return Card(name, html.Append("</tbody></table>").ToString());
    }

    /// <summary>A box that can be scrolled by the keyboard.</summary>
    /// <param name="name">What is in it, for those who do not see it.</param>
    /// <param name="content">HTML.</param>
    public static string Card(string name, string content) =>
        $"<div class=\"card\" tabindex=\"0\" role=\"group\" aria-label=\"{Escape(name)}\">{content}</div>";
}

/// <summary>A part of a page.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Body">HTML, escaped where it must be.</param>
/// <param name="Lead">A sentence or two of how to read it, as text; empty: none.</param>
internal sealed record Section(string Id, string Title, string Body, string Lead = "")
{
    /// <summary>Style sheet of its own. Default: none.</summary>
    public string Css { get; init; } = string.Empty;
}
