using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FineTune.Tests.Weights.Download;

/// <summary>A server that answers as a test tells it to, well or badly. One request a connection.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, Reply> _answer;

    public LocalServer(Func<Request, Reply> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Task.Run(Accept);
    }

    public ConcurrentQueue<Request> Requests { get; } = new();

    public Uri Url(string path) => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{path}");

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(() => Serve(client));
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
            var first = (await reader.ReadLineAsync())!.Split(' ');
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
                headers[line.Split(':', 2)[0]] = line.Split(':', 2)[1].Trim();
            var request = new Request(Requests.Count + 1, first[0], first[1], headers);
            Requests.Enqueue(request);
            var reply = _answer(request);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(Head(reply)), _stop.Token);
            var body = reply.Body.AsMemory(0, request.Method == "HEAD" ? 0 : reply.Sent ?? reply.Body.Length);
            await stream.WriteAsync(body, _stop.Token);
            await stream.FlushAsync(_stop.Token);
            if (reply.Stalls)
                await Task.Delay(Timeout.Infinite, _stop.Token);
        }
    }

    private static string Head(Reply reply)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {reply.Status} Said\r\nConnection: close\r\n");
        if ((reply.Says ?? (reply.HasLength ? reply.Body.Length : (long?)null)) is { } length)
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        foreach (var (name, value) in reply.Headers)
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return text.Append("\r\n").ToString();
    }

    /// <summary>What was asked.</summary>
    public sealed record Request(int Number, string Method, string Path, IReadOnlyDictionary<string, string> Headers)
    {
        public string? this[string header] => Headers.GetValueOrDefault(header);

        /// <summary>The first byte that a Range asks for; 0 without one.</summary>
        public int From => this["Range"] is { } range ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>What is answered.</summary>
    public sealed record Reply(int Status, byte[] Body)
    {
        public Dictionary<string, string> Headers { get; init; } = [];

        /// <summary>The length that it says, where it is a lie.</summary>
        public long? Says { get; init; }

        public bool HasLength { get; init; } = true;

        /// <summary>Bytes that are sent before the connection ends; null: all.</summary>
        public int? Sent { get; init; }

        /// <summary>Whether it waits without end after what it sends.</summary>
        public bool Stalls { get; init; }

        public Reply With(string header, string value) => this with { Headers = new(Headers) { [header] = value } };
    }
}
