using System.Text.Json.Nodes;

namespace FineTune.Tests.Browser;

/// <summary>What a browser found on a page.</summary>
/// <param name="Complaints">What it wrote to its console, dialogs that opened, and errors of scripts.</param>
/// <param name="Requests">Addresses that the page asked for beside its own file and data within it.</param>
/// <param name="Width">Pixels that it is wide, scrolled parts included.</param>
/// <param name="Faults">What axe-core found, where it is there; see scripts/check-report.sh.</param>
internal sealed record PageVisit(IReadOnlyList<string> Complaints, IReadOnlyList<string> Requests, int Width, IReadOnlyList<string> Faults)
{
    private const string Mark = "ran"; // what hostile names try to set

    private static readonly string? Axe = Environment.GetEnvironmentVariable("FINETUNE_AXE");
    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("FINETUNE_SCREENSHOTS");

    /// <summary>A script that a hostile name would run if it were not escaped.</summary>
    public const string Script = "window." + Mark + "=1";

    /// <summary>Opens a page and looks at it.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="file">The page's file.</param>
    /// <param name="width">Pixels of the window.</param>
    /// <param name="dark">Whether the reader's system is dark.</param>
    public static async Task<PageVisit> Open(Chromium browser, string file, int width, bool dark)
    {
        var target = (string)(await browser.Call("Target.createTarget", new() { ["url"] = "about:blank" }))["targetId"]!;
        var attached = await browser.Call("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true });
        var session = (string)attached["sessionId"]!;
        foreach (var domain in new[] { "Page", "Network", "Runtime", "Log" })
            await browser.Call($"{domain}.enable", session: session);
        var window = new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false };
        await browser.Call("Emulation.setDeviceMetricsOverride", window, session);
        var scheme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        await browser.Call("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(scheme) }, session);
        var (seen, address) = (browser.Events.Count, new Uri(file).AbsoluteUri);
        await browser.Call("Page.navigate", new() { ["url"] = address }, session);
        await browser.Await("Page.loadEventFired", seen);

        var wide = (int)(await Evaluate("document.documentElement.scrollWidth"))!;
        var ran = (bool)(await Evaluate($"window.{Mark} !== undefined"))!;
        var faults = Axe is null ? [] : await AxeFaults();
        if (Screenshots is not null)
            await Screenshot($"{Path.GetFileNameWithoutExtension(file)}-{width}-{(dark ? "dark" : "light")}.png");
        var told = browser.Events.Skip(seen).Where(e => (string?)e["sessionId"] == session).ToArray();
        await browser.Call("Target.closeTarget", new() { ["targetId"] = target });
        return new PageVisit(
            [.. told.Select(Complaint).OfType<string>(), .. ran ? ["a script of a name ran"] : Array.Empty<string>()],
            [.. told.Select(Address).OfType<string>().Where(url => url != address && !url.StartsWith("data:", StringComparison.Ordinal))],
            wide,
            faults);

        async Task<JsonNode?> Evaluate(string script)
        {
            var call = new JsonObject { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true };
            var answer = await browser.Call("Runtime.evaluate", call, session);
            return answer["exceptionDetails"] is { } failed
                ? throw new InvalidOperationException(failed.ToJsonString())
                : answer["result"]!["value"];
        }

        async Task<IReadOnlyList<string>> AxeFaults()
        {
            await Evaluate(await File.ReadAllTextAsync(Axe!) + "; 0");
            var found = await Evaluate("""
                axe.run().then(r => r.violations.map(v =>
                    v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))
                """);
            return [.. found!.AsArray().Select(f => (string)f!)];
        }

        async Task Screenshot(string name)
        {
            var size = (await browser.Call("Page.getLayoutMetrics", session: session))["cssContentSize"]!;
            var clip = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = (double)size["height"]!, ["scale"] = 1 };
            var shot = await browser.Call("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true, ["clip"] = clip }, session);
            Directory.CreateDirectory(Screenshots!);
            await File.WriteAllBytesAsync(Path.Combine(Screenshots!, name), Convert.FromBase64String((string)shot["data"]!));
        }
    }

    private static string? Complaint(JsonNode told) => (string?)told["method"] switch
    {
        "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Page.javascriptDialogOpening" => told["params"]!.ToJsonString(),
        "Log.entryAdded" => (string?)told["params"]!["entry"]!["text"],
        _ => null,
    };

    private static string? Address(JsonNode told) =>
        (string?)told["method"] == "Network.requestWillBeSent" ? (string?)told["params"]!["request"]!["url"] : null;
}
