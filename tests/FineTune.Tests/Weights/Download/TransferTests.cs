using FineTune.Weights;
using static FineTune.Tests.Weights.Download.LocalServer;

namespace FineTune.Tests.Weights.Download;

public sealed class TransferTests : IDisposable
{
    private const string Name = "/models/net.pth";
    private readonly DownloadFixture _fixture = new();

    private byte[] Weights => _fixture.Weights;

    [Fact]
    public void A_file_is_fetched_once_and_its_hash_recorded()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        var source = _fixture.Source(server.Url(Name), $"bytes: {Weights.Length}");
        var progress = new List<DownloadProgress>();
        _fixture.Progress = progress.Add;
        _fixture.Fetch(source);
        _fixture.ShouldBeWhole();
        progress[0].ShouldBe(new DownloadProgress(0, Weights.Length));
        progress[^1].ShouldBe(new DownloadProgress(Weights.Length, Weights.Length));
        source.Read().ShouldBe("compiled-zip.pth");
        server.Requests.Select(r => (r.Method, r.Path, r["Range"], r["Accept-Encoding"])).ShouldBe([("GET", Name, null, "identity")]);
    }

    [Fact]
    public void After_a_cut_it_goes_on_where_it_ended()
    {
        using var server = new LocalServer(r => Server.File(r, Weights) with { Sent = r.Number <= 2 ? 1000 : null });
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => (r["Range"], r["If-Range"]))
            .ShouldBe([(null, null), ("bytes=1000-", Server.Tag), ("bytes=2000-", Server.Tag)]);
        _fixture.Said.Count.ShouldBe(2);
        _fixture.Said.ShouldAllBe(s => s.StartsWith("The connection broke; trying again in 0 s ("));
    }

    [Fact]
    public void Without_a_version_a_cut_file_starts_anew()
    {
        using var server = new LocalServer(r => new Reply(200, Weights) { Sent = r.Number == 1 ? 1000 : null });
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([null, null]);
    }

    [Fact]
    public void A_weak_version_is_none()
    {
        using var server = new LocalServer(r => Server.File(r, Weights, "W/\"v1\"") with { Sent = r.Number == 1 ? 1000 : null });
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([null, null]);
    }

    [Fact]
    public void A_server_that_ignores_the_range_sends_it_anew()
    {
        using var server = new LocalServer(_ => new Reply(200, Weights).With("ETag", Server.Tag));
        _fixture.Left(Weights[..1000]);
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe(["bytes=1000-"]);
    }

    [Fact]
    public void A_part_that_is_whole_is_not_fetched_again()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        _fixture.Left(Weights);
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([$"bytes={Weights.Length}-"]);
    }

    [Fact]
    public void A_part_that_is_longer_than_the_file_starts_anew()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        _fixture.Left([.. Weights, 7]);
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([$"bytes={Weights.Length + 1}-", null]);
    }

    [Theory]
    [InlineData("bytes 999-{1}/{0}", Server.Tag)]
    [InlineData("bytes 1000-1500/{0}", Server.Tag)]
    [InlineData("pages 1000-{1}/{0}", Server.Tag)]
    [InlineData("bytes 1000-{1}/{0}", "\"v2\"")]
    public void Another_part_than_was_asked_for_is_not_taken(string range, string tag)
    {
        var said = string.Format(System.Globalization.CultureInfo.InvariantCulture, range, Weights.Length, Weights.Length - 1);
        using var server = new LocalServer(r => r.From == 0
            ? new Reply(200, Weights)
            : new Reply(206, Weights[1000..]).With("ETag", tag).With("Content-Range", said));
        _fixture.Left(Weights[..1000]);
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe(["bytes=1000-", null]);
    }

    [Fact]
    public void A_part_where_none_was_asked_for_is_refused()
    {
        using var server = new LocalServer(
            _ => new Reply(206, Weights).With("Content-Range", $"bytes 0-{Weights.Length - 1}/{Weights.Length}"));
        _fixture.Refusal(_fixture.Source(server.Url(Name))).ShouldEndWith("the server sent another part than was asked for.");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void Another_version_between_two_parts_is_fetched_whole()
    {
        var other = (byte[])Weights.Clone();
        other[500] ^= 1;
        using var server = new LocalServer(
            r => r.Number == 1 ? Server.File(r, other, "\"v0\"") with { Sent = 1000 } : Server.File(r, Weights));
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["If-Range"]).ShouldBe([null, "\"v0\""]);
    }

    [Fact]
    public void A_stall_is_given_up_and_gone_on_from()
    {
        using var server = new LocalServer(
            r => Server.File(r, Weights) with { Sent = r.Number == 1 ? 1000 : null, Stalls = r.Number == 1 });
        _fixture.Fetch(_fixture.Source(server.Url(Name)), _fixture.Options with { StallTimeout = TimeSpan.FromSeconds(2) });
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([null, "bytes=1000-"]);
        _fixture.Said.ShouldHaveSingleItem().ShouldStartWith("Nothing arrived for 2 s; trying again");
    }

    [Fact]
    public void A_server_that_never_answers_is_given_up()
    {
        using var server = new LocalServer(r => new Reply(200, []) { Says = 10, Stalls = true });
        var options = _fixture.Options with { StallTimeout = TimeSpan.FromSeconds(0.1), Retries = 1 };
        _fixture.Refusal(_fixture.Source(server.Url(Name)), options)
            .ShouldBe($"Cannot fetch tinynet v1 from {server.Url(Name)}: nothing arrived for 0.1 s.");
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public void A_length_longer_than_the_file_is_found_out()
    {
        using var server = new LocalServer(r => Server.File(r, Weights) with { Says = r.From == 0 ? Weights.Length + 10 : null });
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe([null, $"bytes={Weights.Length}-"]);
    }

    [Fact]
    public void A_length_that_is_not_the_cards_is_refused_at_once()
    {
        using var server = new LocalServer(r => Server.File(r, Weights) with { Says = 10 });
        _fixture.Refusal(_fixture.Source(server.Url(Name), $"bytes: {Weights.Length}"))
            .ShouldEndWith($": it has 10 bytes where the card of 'v1' says {Weights.Length}.");
        server.Requests.Count.ShouldBe(1);
        File.Exists(_fixture.Part).ShouldBeFalse();
    }

    [Fact]
    public void A_file_without_a_length_that_does_not_end_is_refused()
    {
        using var server = new LocalServer(_ => new Reply(200, new byte[5000]) { HasLength = false });
        _fixture.Refusal(_fixture.Source(server.Url(Name)), _fixture.Options with { MaxBytes = 4000 })
            .ShouldEndWith(": it has more than the 4000 bytes that are allowed.");
        File.Exists(_fixture.Part).ShouldBeFalse();
    }

    [Fact]
    public void A_damaged_file_is_discarded()
    {
        var bad = (byte[])Weights.Clone();
        bad[^1] ^= 1;
        using var server = new LocalServer(r => Server.File(r, bad));
        _fixture.Refusal(_fixture.Source(server.Url(Name)))
            .ShouldBe(
                $"What {server.Url(Name)} gives has SHA-256 {Golden.Sha256(bad)} where the card of 'v1' says {_fixture.Sha[..8]}...; "
                + "it was discarded.");
        server.Requests.Count.ShouldBe(1);
        Directory.GetFiles(Path.GetDirectoryName(_fixture.File)!).Select(Path.GetFileName).ShouldBe(["net.pth.lock"]);
    }

    [Fact]
    public void A_damaged_part_is_fetched_anew_once()
    {
        using var server = new LocalServer(r => Server.File(r, Weights));
        _fixture.Left(new byte[1000]);
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => r["Range"]).ShouldBe(["bytes=1000-", null]);
        _fixture.Said.ShouldHaveSingleItem().ShouldStartWith("What came in pieces has SHA-256 ");
    }

    [Fact]
    public void A_packed_answer_is_refused()
    {
        using var server = new LocalServer(r => Server.File(r, Weights).With("Content-Encoding", "gzip"));
        _fixture.Refusal(_fixture.Source(server.Url(Name))).ShouldContain("the server packs it (gzip)");
    }

    public void Dispose() => _fixture.Dispose();
}
