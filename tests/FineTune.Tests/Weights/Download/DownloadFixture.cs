using System.Collections.Concurrent;
using FineTune.Weights;

namespace FineTune.Tests.Weights.Download;

/// <summary>A folder of cards with one that has an address, a cache, and what was said.</summary>
internal sealed class DownloadFixture : IDisposable, IDownloadWatch
{
    private readonly Scratch _scratch = new();

    public byte[] Weights { get; } = Golden.Bytes("compiled-zip.pth");

    public string Sha => Golden.Sha256(Weights);

    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Told how far a download is.</summary>
    public Action<DownloadProgress> Progress { get; set; } = _ => { };

    public CancellationTokenSource Stop { get; } = new();

    public string Cache => _scratch.File("cache");

    public string Cards => Directory.CreateDirectory(_scratch.File("cards")).FullName;

    public string File => Path.Combine(Cache, "weights", "net.pth");

    public string Part => File + ".part";

    public DownloadOptions Options => new()
    {
        Folder = Cache,
        Watch = this,
        Retries = 3,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        LongestDelay = TimeSpan.FromSeconds(1),
        StallTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>The source of a card with an address.</summary>
    public WeightSource Source(Uri url, string more = "")
    {
        if (!more.Contains("sha256", StringComparison.Ordinal))
            more += $"\nsha256_prefix: {Sha[..8]}";
        System.IO.File.WriteAllText(Path.Combine(Cards, "net.yaml"), $"name: v1\nmodel: tinynet\nurl: {url}\n{more}\n");
        return new WeightSource(File, Catalog.Cards(Cards).Single());
    }

    /// <summary>Fetches by some options.</summary>
    public void Fetch(WeightSource source, DownloadOptions? options = null)
    {
        DownloadOptions.Current = options ?? Options;
        source.Fetch();
    }

    public string Refusal(WeightSource source, DownloadOptions? options = null) =>
        Should.Throw<FineTuneException>(() => Fetch(source, options)).Message;

    /// <summary>Puts a part where an earlier try left it.</summary>
    public void Left(byte[] part, string? tag = Server.Tag)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        System.IO.File.WriteAllBytes(Part, part);
        if (tag is not null)
            System.IO.File.WriteAllText(Part + ".etag", tag);
    }

    /// <summary>The file is whole, its hash recorded, and nothing else is left.</summary>
    public void ShouldBeWhole()
    {
        System.IO.File.ReadAllBytes(File).ShouldBe(Weights);
        System.IO.File.ReadAllText(File + ".sha256").ShouldBe($"{Sha}  net.pth\n");
        Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName).Order().ShouldBe(
            ["net.pth", "net.pth.lock", "net.pth.sha256"]);
    }

    public async Task Run(string title, Func<IProgress<DownloadProgress>, CancellationToken, Task> download) =>
        await download(new Reporter(this), Stop.Token);

    public void Say(string sentence) => Said.Enqueue(sentence);

    public void Dispose()
    {
        Stop.Dispose();
        _scratch.Dispose();
    }

    private sealed class Reporter(DownloadFixture fixture) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => fixture.Progress(value);
    }
}
