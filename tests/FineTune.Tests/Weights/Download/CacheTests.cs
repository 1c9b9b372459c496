using FineTune.Weights;

namespace FineTune.Tests.Weights.Download;

public sealed class CacheTests : IDisposable
{
    private const string Name = "/models/net.pth";
    private readonly DownloadFixture _fixture = new();

    private byte[] Weights => _fixture.Weights;

    [Fact]
    public async Task Of_two_at_once_one_fetches_and_the_other_waits_and_says_so()
    {
        using var begun = new ManualResetEventSlim();
        using var waited = new ManualResetEventSlim();
        using var server = new LocalServer(r =>
        {
            begun.Set();
            waited.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            return Server.File(r, Weights);
        });
        var source = _fixture.Source(server.Url(Name));
        var first = Task.Run(() => _fixture.Fetch(source));
        begun.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        var second = Task.Run(() => _fixture.Fetch(source));
        SpinWait.SpinUntil(() => !_fixture.Said.IsEmpty, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        waited.Set();
        await Task.WhenAll(first, second);
        _fixture.ShouldBeWhole();
        server.Requests.Count.ShouldBe(1);
        _fixture.Said.ShouldBe(["Another process is fetching tinynet v1; waiting for it."]);
    }

    [Fact]
    public void A_stopped_download_keeps_what_has_arrived_and_goes_on_from_it()
    {
        using var server = new LocalServer(
            r => Server.File(r, Weights) with { Sent = r.Number == 1 ? 1000 : null, Stalls = r.Number == 1 });
        var source = _fixture.Source(server.Url(Name));
        _fixture.Progress = p =>
        {
            if (p.Done == 1000)
                _fixture.Stop.Cancel();
        };
        Should.Throw<OperationCanceledException>(() => _fixture.Fetch(source));
        File.ReadAllBytes(_fixture.Part).ShouldBe(Weights[..1000]);
        _fixture.Said.ShouldBe(["Fetching tinynet v1 was stopped; what has arrived is kept, and the same command goes on from it."]);
        _fixture.Fetch(source, _fixture.Options with { Watch = null });
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([null, "bytes=1000-"]);
    }

    [Fact]
    public void Offline_says_what_to_put_where_and_asks_nobody()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        var source = _fixture.Source(server.Url(Name));
        _fixture.Refusal(source, _fixture.Options with { Offline = true }).ShouldBe(
            "tinynet v1 is not in the cache and nothing is fetched (--offline or FINETUNE_OFFLINE); "
            + $"fetch {server.Url(Name)} elsewhere and put it at '{_fixture.File}'.");
        server.Requests.ShouldBeEmpty();
        Directory.CreateDirectory(Path.GetDirectoryName(_fixture.File)!);
        File.WriteAllBytes(_fixture.File, Weights);
        DownloadOptions.Current = _fixture.Options with { Offline = true };
        source.Read().ShouldBe("compiled-zip.pth");
        File.ReadAllText(_fixture.File + ".sha256").ShouldBe($"{_fixture.Sha}  net.pth\n");
    }

    [Fact]
    public void A_file_of_the_cache_is_checked_at_each_load()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        var source = _fixture.Source(server.Url(Name));
        _fixture.Fetch(source);
        var changed = (byte[])Weights.Clone();
        changed[^1] ^= 1;
        File.WriteAllBytes(_fixture.File, changed);
        Should.Throw<FineTuneException>(() => source.Read()).Message.ShouldBe(
            $"'{_fixture.File}' has SHA-256 {Golden.Sha256(changed)} where the card of 'v1' says {_fixture.Sha[..8]}...; delete it, "
            + "and it is fetched again.");
    }

    [Fact]
    public void The_lock_file_holds_where_the_prefix_would_not()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        var source = _fixture.Source(server.Url(Name));
        _fixture.Fetch(source);
        var other = _fixture.Sha[..8] + new string('0', 56);
        File.WriteAllText(_fixture.File + ".sha256", $"{other}  net.pth\n");
        Should.Throw<FineTuneException>(() => source.Read()).Message.ShouldContain($"where the lock file says {other}");
        File.Delete(_fixture.File);
        _fixture.Refusal(source).ShouldContain(
            $"the lock file says {other} '{_fixture.File}.sha256' (delete it if the publisher has changed the file)");
        File.WriteAllText(_fixture.File + ".sha256", $"{_fixture.Sha}  other.pth\n");
        _fixture.Refusal(source).ShouldBe(
            $"The lock file '{_fixture.File}.sha256' does not hold the SHA-256 of 'net.pth'; delete it to record the hash anew.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/mirror/of/all/")]
    public void A_mirror_stands_for_scheme_and_host(string prefix)
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        var source = _fixture.Source(new Uri("https://weights.invalid/models/net.pth"));
        _fixture.Fetch(source, _fixture.Options with { Mirror = server.Url(prefix) });
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r.Path).ShouldBe([$"{prefix.TrimEnd('/')}/models/net.pth"]);
    }

    [Fact]
    public void A_mirror_may_be_a_folder()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_fixture.Cards, "mirror", "models")).FullName;
        var source = _fixture.Source(new Uri("https://weights.invalid/models/net.pth"));
        var options = _fixture.Options with
        {
            Mirror = new Uri(Path.Combine(_fixture.Cards, "mirror")),
            Handler = () => throw new InvalidOperationException(),
        };
        _fixture.Refusal(source, options).ShouldBe(
            $"Cannot fetch tinynet v1 from the mirror '{Path.Combine(folder, "net.pth")}': there is no such file.");
        File.WriteAllBytes(Path.Combine(folder, "net.pth"), Weights);
        _fixture.Fetch(source, options);
        _fixture.ShouldBeWhole();
    }

    [Fact]
    public void No_path_leads_out_of_a_mirror()
    {
        var source = _fixture.Source(new Uri("https://weights.invalid/a%2f..%2f..%2fb/net.pth"));
        _fixture.Refusal(source, _fixture.Options with { Mirror = new Uri(_fixture.Cards) }).ShouldContain("names no file of a folder");
    }

    [Fact]
    public void On_a_full_disk_what_has_arrived_is_kept()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        var source = _fixture.Source(server.Url(Name));
        _fixture.Refusal(source, _fixture.Options with { OpenPart = (path, mode) => new FullDisk(path, mode, 1000) }).ShouldBe(
            $"Cannot write '{_fixture.Part}': no space is left on the disk; what has arrived is kept, "
            + "and the same command goes on from it.");
        File.ReadAllBytes(_fixture.Part).ShouldBe(Weights[..1000]);
        _fixture.Fetch(source);
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([null, "bytes=1000-"]);
    }

    [Fact]
    public void A_file_by_its_path_and_a_file_beside_its_card_ask_nobody()
    {
        DownloadOptions.Current = _fixture.Options with { Handler = () => throw new InvalidOperationException("network code ran") };
        Catalog.Find(null, Golden.Path("compiled-zip.pth")).Read().ShouldBe("compiled-zip.pth");
        Catalog.Find("cifar_resnet20", "attic", Path.Combine(Repo.Root, "models")).Read().Classes!.Count.ShouldBe(20);
    }

    [Fact]
    public void Network_code_is_in_one_place()
    {
        var sources = Directory.GetFiles(Path.Combine(Repo.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal));
        sources.Where(f => File.ReadAllText(f).Contains("new HttpClient", StringComparison.Ordinal)).Select(Path.GetFileName).ShouldBe(
            ["HttpSender.cs"]);
    }

    public void Dispose() => _fixture.Dispose();

    /// <summary>A disk with room for so many bytes and no more.</summary>
    private sealed class FullDisk(string path, FileMode mode, int room)
        : FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0)
    {
        private int _room = room;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer[..Math.Min(_room, buffer.Length)]);
            _room -= buffer.Length;
            if (_room < 0)
                throw new IOException("full", 28);
        }
    }
}
