using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTune.Tests.Browser;

/// <summary>The system's Chromium without a window, steered by the DevTools protocol.</summary>
internal sealed class Chromium : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _calls;

    private Chromium(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>The program; null where the machine has none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What the browser told of since it was started.</summary>
    public List<JsonNode> Events { get; } = [];

    /// <summary>Starts it.</summary>
    public static async Task<Chromium> Start()
    {
        var profile = Directory.CreateTempSubdirectory("finetune-chromium-").FullName;
        string[] words =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0",
            $"--user-data-dir={profile}",
            "about:blank",
        ];
        var start = new ProcessStartInfo(Program!, words) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { }; // read, so that the pipe never fills
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var chromium = new Chromium(process, profile);
        var port = Path.Combine(profile, "DevToolsActivePort"); // its port and path, once it listens
        using var late = new CancellationTokenSource(Longest);
        while (!File.Exists(port) || (await File.ReadAllLinesAsync(port, late.Token)).Length < 2)
            await Task.Delay(50, late.Token);
        var lines = await File.ReadAllLinesAsync(port, late.Token);
        await chromium._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}"), late.Token);
        return chromium;
    }

    /// <summary>Calls a method of the protocol and gives its result.</summary>
    public async Task<JsonNode> Call(string method, JsonObject? parameters = null, string? session = null)
    {
        var id = ++_calls;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            message["sessionId"] = session;
        using var late = new CancellationTokenSource(Longest);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, late.Token);
        while (true)
        {
            var answer = await Receive(late.Token);
            if ((int?)answer["id"] != id)
                continue;
            return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
        }
    }

    /// <summary>Waits for an event that is not among those seen so far.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="seen">How many events count as seen.</param>
    public async Task Await(string method, int seen)
    {
        using var late = new CancellationTokenSource(Longest);
        while (!Events.Skip(seen).Any(e => (string?)e["method"] == method))
            await Receive(late.Token);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        for (var attempt = 0; attempt < 20 && Directory.Exists(_profile); attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException) // a child of it still writes
            {
                Thread.Sleep(100);
            }
        }
    }

    private async Task<JsonNode> Receive(CancellationToken late)
    {
        using var whole = new MemoryStream();
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer, late);
            whole.Write(_buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var message = JsonNode.Parse(whole.ToArray())!;
        if (message["method"] is not null)
            Events.Add(message);
        return message;
    }
}
