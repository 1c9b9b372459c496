using System.Net;
using static FineTune.Tests.Weights.Download.LocalServer;

namespace FineTune.Tests.Weights.Download;

public sealed class AnswerTests : IDisposable
{
    private const string Name = "/models/net.pth";
    private readonly DownloadFixture _fixture = new();

    private byte[] Weights => _fixture.Weights;

    [Fact]
    public void Busy_servers_are_asked_again_as_they_say()
    {
        using var server = new LocalServer(r => r.Number switch
        {
            1 => new Reply(429, []).With("Retry-After", "0"),
            2 => new Reply(503, []),
            3 => new Reply(408, []),
            _ => Server.File(r, Weights),
        });
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Count.ShouldBe(4);
        _fixture.Said.Select(s => s.Split(';')[0]).ShouldBe(
            ["The server answers 429 and asks to wait 0 s", "The server answers 503", "The server answers 408"]);
    }

    [Theory]
    [InlineData(404, 1, "there is no such file (404)")]
    [InlineData(403, 1, "access is denied (403)")]
    [InlineData(400, 1, "the server answers 400")]
    [InlineData(500, 4, "the server answers 500")]
    public void What_does_not_pass_is_one_sentence(int status, int requests, string says)
    {
        using var server = new LocalServer(_ => new Reply(status, []));
        _fixture.Refusal(_fixture.Source(server.Url(Name))).ShouldBe($"Cannot fetch tinynet v1 from {server.Url(Name)}: {says}.");
        server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public void Without_a_network_it_says_what_else_can_be_done()
    {
        var nowhere = new Uri("https://weights.invalid/tinynet-01234567.pth");
        var sentence = _fixture.Refusal(_fixture.Source(nowhere));
        sentence.ShouldStartWith($"Cannot fetch tinynet v1 from {nowhere}: the name of the server is not known; there may be no network; "
            + $"fetch {nowhere} elsewhere and put it at '");
        sentence.ShouldEndWith("', or give the file that you have by --weights.");
    }

    [Fact]
    public void A_wait_that_is_too_long_is_not_waited()
    {
        using var server = new LocalServer(_ => new Reply(429, []).With("Retry-After", "3600"));
        _fixture.Refusal(_fixture.Source(server.Url(Name))).ShouldEndWith(": the server answers 429 and asks to wait 3600 s.");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void Without_a_server_what_has_arrived_is_kept()
    {
        Uri gone;
        using (var server = new LocalServer(_ => new Reply(500, [])))
            gone = server.Url(Name);
        _fixture.Left(Weights[..1000]);
        _fixture.Refusal(_fixture.Source(gone)).ShouldBe(
            $"Cannot fetch tinynet v1 from {gone}: there is no connection to the server; what has arrived is kept, "
            + "and the same command goes on from it.");
        _fixture.Said.Count.ShouldBe(3);
        File.ReadAllBytes(_fixture.Part).ShouldBe(Weights[..1000]);
    }

    [Fact]
    public void Redirects_are_followed_and_a_range_goes_with_them()
    {
        using var server = new LocalServer(r => r.Path == Name ? Server.To("../there/it") : Server.File(r, Weights));
        _fixture.Left(Weights[..1000]);
        _fixture.Fetch(_fixture.Source(server.Url(Name)));
        _fixture.ShouldBeWhole();
        server.Requests.Select(r => (r.Path, r["Range"])).ShouldBe([(Name, "bytes=1000-"), ("/there/it", "bytes=1000-")]);
    }

    [Fact]
    public void A_loop_of_redirects_ends_after_five()
    {
        using var server = new LocalServer(_ => Server.To(Name));
        _fixture.Refusal(_fixture.Source(server.Url(Name))).ShouldEndWith(": it leads through more than 5 redirects.");
        server.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public void A_redirect_to_another_host_by_http_is_refused()
    {
        using var server = new LocalServer(_ => Server.To("http://weights.invalid/net.pth"));
        _fixture.Refusal(_fixture.Source(server.Url(Name))).ShouldEndWith(
            $": {server.Url(Name)} leads to http://weights.invalid/net.pth, which is not https.");
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/net.pth")]
    [InlineData("file:///etc/passwd")]
    public void From_https_nothing_leads_away_from_it(string to)
    {
        var handler = new FakeHandler(r => r.RequestUri!.Scheme == "https"
            ? new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri(to) } }
            : throw new InvalidOperationException("it was followed"));
        _fixture.Refusal(_fixture.Source(new Uri("https://weights.invalid/net.pth")), _fixture.Options with { Handler = () => handler })
            .ShouldContain($"leads to {to}, which is not https");
        handler.Requests.ShouldBe(1);
    }

    public void Dispose() => _fixture.Dispose();
}
