using System.Net;

namespace FineTune.Experiment.Report;

/// <summary>The frame of a page that stands alone: no script, nothing from elsewhere.</summary>
internal static class Html
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; color: #1f2a30; background: #f7f8f7; max-width: 1180px; margin: 0 auto; padding: 28px }
        h1 { font-size: 24px; margin: 0 0 4px } h2 { font-size: 17px; margin: 32px 0 8px }
        .big { font-size: 44px; font-weight: 600; margin: 12px 0 0 } .muted { color: #66757c }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 18px }
        svg, .card { background: #fff; border: 1px solid #dfe5e2; border-radius: 8px } .card { padding: 14px 18px }
        svg .title { font: 600 13px system-ui } svg .tick { font: 11px system-ui; fill: #66757c } svg .end { text-anchor: end } svg .grid { stroke: #edf0ee }
        table { border-collapse: collapse; font-size: 13px } th, td { padding: 5px 9px; text-align: right; font-weight: 400 } .confusion td { border: 1px solid #fff; min-width: 34px }
        .confusion th { color: #66757c } .mistakes { display: flex; flex-wrap: wrap; gap: 12px } figure { margin: 0; width: 128px; font-size: 12px }
        figure img { width: 128px; height: 128px; object-fit: cover; border-radius: 6px; border: 1px solid #dfe5e2 } pre { font-size: 12.5px; overflow-x: auto; margin: 0 }
        """;

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    public static string Page(string title, string body) =>
        $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Escape(title)}</title><style>\n{Style}\n</style></head>\n<body>\n{body}\n</body></html>\n";
}
