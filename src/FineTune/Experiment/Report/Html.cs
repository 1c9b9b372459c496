using System.Net;

namespace FineTune.Experiment.Report;

/// <summary>The frame of a page that stands alone: nothing from elsewhere, light or dark as the reader's system is.</summary>
internal static class Html
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1180px; margin: 0 auto; padding: 28px }
        h1 { font-size: 24px; margin: 0 0 4px } h2 { font-size: 17px; margin: 32px 0 8px }
        .big { font-size: 44px; font-weight: 600; margin: 12px 0 0 } .muted { color: var(--muted) }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 18px }
        svg, .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px } .card { padding: 14px 18px; overflow-x: auto }
        svg text { fill: var(--ink) } svg .title { font: 600 13px system-ui, sans-serif } svg text.tick { font: 11px system-ui, sans-serif; fill: var(--muted) } svg .end { text-anchor: end } svg .middle { text-anchor: middle } svg .grid { stroke: var(--grid) }
        svg .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round } svg .dot { fill: var(--c) } svg text.key { fill: var(--c); font: 600 12px system-ui, sans-serif }
        table { border-collapse: collapse; font-size: 13px } th, td { padding: 5px 9px; text-align: right; font-weight: 400 } .confusion td { border: 1px solid var(--card); min-width: 26px }
        .confusion th, .pairs th { color: var(--muted) } .confusion .head { vertical-align: bottom } .confusion .head span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 130px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
        .pairs td, .pairs th { text-align: left } .pairs td.number { text-align: right; font-variant-numeric: tabular-nums } .mistakes { display: flex; flex-wrap: wrap; gap: 12px } figure { margin: 0; width: 128px; font-size: 12px; overflow-wrap: anywhere }
        figure img { width: 128px; height: 128px; object-fit: cover; border-radius: 6px; border: 1px solid var(--line) } pre { font-size: 12.5px; overflow-x: auto; margin: 0 }
        """;

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A class name, escaped; a long one has an ellipsis in its middle.</summary>
    public static string Name(string name) => Escape(ShortText.Of(name));

    /// <summary>A whole page.</summary>
    /// <param name="title">What a browser calls it.</param>
    /// <param name="body">Its content, escaped where it must be.</param>
    /// <param name="style">CSS beside that of all pages.</param>
    public static string Page(string title, string body, string style = "") =>
        $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Escape(title)}</title><style>\n{Palette.Css}\n{Style}\n{style}</style></head>\n<body>\n{body}\n</body></html>\n";
}
