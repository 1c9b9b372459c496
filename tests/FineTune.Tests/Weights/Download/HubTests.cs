using System.Net;
using System.Net.Http.Headers;
using FineTune.Images;
using FineTune.Models;
using FineTune.Weights;

namespace FineTune.Tests.Weights.Download;

public sealed class HubTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string At = "/timm/net.a1_in1k/resolve/";
    private readonly DownloadFixture _fixture = new();

    private static byte[] Weights => Golden.Bytes("compiled-zip.pth");

    private static string Config(string architecture = "resnet18", string more = "", string input = "") => $$"""
        {
          "architecture": "{{architecture}}", "num_classes": 1000, "num_features": 512, {{more}}
          "pretrained_cfg": {
            "tag": "a1_in1k", "custom_load": false, "input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.95,
            "crop_mode": "center", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], {{input}} "license": "apache-2.0"
          }
        }
        """;

    private DownloadOptions Options(LocalServer server) => _fixture.Options with { HubMirror = server.Url(string.Empty) };

    private WeightSource Find(DownloadOptions options, string name = "hf:timm/net.a1_in1k", string? model = null)
    {
        DownloadOptions.Current = options;
        return Catalog.Find(model, name, Path.Combine(Repo.Root, "models"));
    }

    [Fact]
    public void A_repository_is_read_as_timm_means_it()
    {
        using var server = Hub();
        var source = Find(Options(server));
        var card = source.Card!;
        (card.Model, card.Name, card.InputSize, card.Resize, card.Interpolation, card.Licence)
            .ShouldBe(("resnet18", "hf:timm/net.a1_in1k", 224, 235, Interpolation.Bicubic, "apache-2.0"));
        (card.Classes.Count, card.Classes[0], card.Classes[999]).ShouldBe((1000, "tench", "toilet tissue"));
        source.Path.ShouldBe(Path.Combine(_fixture.Cache, "hub", "timm", "net.a1_in1k", Commit, "model.safetensors"));
        server.Requests.Select(r => (r.Method, r.Path)).ShouldBe([("HEAD", $"{At}main/config.json"), ("GET", $"{At}{Commit}/config.json")]);
        source.Read().Classes!.Count.ShouldBe(1000);
        server.Requests.Skip(2).Select(r => (r.Method, r.Path)).ShouldBe(
            [("HEAD", $"{At}{Commit}/model.safetensors"), ("GET", $"{At}{Commit}/model.safetensors")]);
        Find(Options(server)).Read();
        server.Requests.Count.ShouldBe(4, "a second use asks nobody");
    }

    [Fact]
    public void A_revision_is_kept_by_the_commit_of_its_first_use()
    {
        using var server = Hub();
        Find(Options(server), "hf:timm/net.a1_in1k@refs/pr/1").Card!.Name.ShouldBe("hf:timm/net.a1_in1k@refs/pr/1");
        server.Requests.First().Path.ShouldBe($"{At}refs%2Fpr%2F1/config.json");
        Find(Options(server), $"hf:timm/net.a1_in1k@{Commit}");
        server.Requests.Count.ShouldBe(2, "it is the same commit");
    }

    [Fact]
    public void The_hash_that_the_hub_gives_is_checked()
    {
        using var server = Hub(new string('0', 64));
        var source = Find(Options(server));
        Should.Throw<FineTuneException>(() => source.Read()).Message.ShouldContain(
            $"has SHA-256 {_fixture.Sha} where the hub says {new string('0', 64)}; it was discarded");
        source.IsHere.ShouldBeFalse();
    }

    [Theory]
    [InlineData("resnet50", "resnet50")]
    [InlineData("regnety_160", "regnet_y_16gf")]
    [InlineData("mobilenetv3_large_100", "mobilenet_v3_large_timm")]
    [InlineData("efficientnet_b6", "efficientnet_b6_timm")]
    public void The_architecture_is_one_that_computes_the_same(string timm, string ours)
    {
        TimmNames.Ours(timm, HubName.Parse("hf:timm/x")).ShouldBe(ours);
        Zoo.Find(ours).Name.ShouldBe(ours);
    }

    [Theory]
    [InlineData("resnet19d", "", "", "no model here is; known are convnext_base")]
    [InlineData("tf_efficientnet_b0", "", "", "pads as TensorFlow does")]
    [InlineData("resnet18", "\"model_args\": {\"width\": 2},", "", "changes its architecture by 'model_args'")]
    [InlineData("resnet18", "\"label_names\": [\"a\"],", "", "'label_names' is '1 names'; it must be as many as num_classes, 1000")]
    [InlineData("resnet18", "", "\"first_conv\": 1, \"first_conv\": 2,", "no JSON object of unique names")]
    public void What_would_be_read_wrongly_is_refused(string architecture, string more, string input, string says) =>
        Refusal(Config(architecture, more, input)).ShouldContain(says);

    [Theory]
    [InlineData("[3, 224, 224]", "[3, 224, 256]", "'input_size' is '[3, 224, 256]'; it must be 3 channels and a square")]
    [InlineData("[3, 224, 224]", "[1, 224, 224]", "it must be 3 channels")]
    [InlineData("0.95", "0", "'crop_pct' is '0'; it must be above 0 to 1")]
    [InlineData("0.95", "1e-9", "one that resizes to at most 8192 pixels")]
    [InlineData("\"center\"", "\"squash\"", "'crop_mode' is 'squash'; it must be center")]
    [InlineData("bicubic", "lanczos", "'interpolation' is 'lanczos'; it must be bilinear or bicubic")]
    [InlineData("0.229", "0", "'std' is '[0, 0.224, 0.225]'; it must be three numbers above 0")]
    [InlineData("\"architecture\"", "\"architectures\"", "is not of timm's layout: its config.json has no 'architecture'")]
    [InlineData("\"pretrained_cfg\"", "\"cfg\"", "has no 'pretrained_cfg' as timm writes it")]
    [InlineData("1000", "\"many\"", "'num_classes' is 'String'; it must be a number")]
    public void A_config_that_cannot_be_is_one_sentence(string from, string to, string says) =>
        Refusal(Config().Replace(from, to, StringComparison.Ordinal)).ShouldContain(says);

    [Fact]
    public void A_large_or_a_deep_config_is_not_read()
    {
        Refusal(new string(' ', HubConfig.MostBytes + 1)).ShouldEndWith("it has more than the 1048576 bytes that are allowed.");
        Refusal(new string('[', 9)).ShouldContain("nested at most 8 deep");
    }

    [Theory]
    [InlineData("hf:timm")]
    [InlineData("hf:../net")]
    [InlineData("hf:timm/..")]
    [InlineData("hf:timm/net/more")]
    [InlineData("hf:timm/net@")]
    [InlineData("hf:timm/net@../x")]
    [InlineData("hf:timm/net\n")]
    public void What_names_no_repository_asks_nobody(string name)
    {
        using var server = Hub();
        Should.Throw<FineTuneException>(() => Find(Options(server), name)).Message.ShouldBe(
            $"'{name}' names no repository of the hub; hf:owner/name and hf:owner/name@revision are allowed.");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void A_repository_of_another_model_is_refused()
    {
        using var server = Hub();
        Should.Throw<FineTuneException>(() => Find(Options(server), model: "resnet50")).Message.ShouldBe(
            "The weights of hf:timm/net.a1_in1k are of resnet18, not of resnet50.");
    }

    [Fact]
    public void Offline_says_what_to_put_where()
    {
        using var server = Hub();
        var folder = Path.Combine(_fixture.Cache, "hub", "timm", "net.a1_in1k", "revision-main");
        Should.Throw<FineTuneException>(() => Find(Options(server) with { HubOffline = true })).Message.ShouldBe(
            "config.json of hf:timm/net.a1_in1k is not in the cache and nothing is fetched (HF_HUB_OFFLINE); fetch "
            + "https://huggingface.co/timm/net.a1_in1k/resolve/main/config.json elsewhere and put it at "
            + $"'{Path.Combine(folder, "config.json")}'.");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config());
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), Weights);
        Find(Options(server) with { HubOffline = true }).Read().Count.ShouldBeGreaterThan(0);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_may_be_the_hub()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_fixture.Cards, "hub", "timm", "net.a1_in1k", "resolve", "main")).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), Config());
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), Weights);
        Find(_fixture.Options with { HubMirror = new Uri(Path.Combine(_fixture.Cards, "hub")) }).Read().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_token_goes_to_the_hub_and_to_nobody_else()
    {
        var seen = new List<(string Host, AuthenticationHeaderValue? Token)>();
        var options = _fixture.Options with
        {
            HubToken = "hf_abc",
            Handler = () => new FakeHandler(r =>
            {
                lock (seen)
                    seen.Add((r.RequestUri!.Host, r.Headers.Authorization));
                return Answer(r);
            }),
        };
        Find(options).Read();
        seen.Where(s => s.Host == "huggingface.co").ShouldAllBe(s => s.Token!.ToString() == "Bearer hf_abc");
        seen.Where(s => s.Host == "cdn.invalid").ShouldHaveSingleItem().Token.ShouldBeNull();
        using var server = Hub();
        _ = Find(Options(server) with { HubToken = "hf_abc", Folder = Path.Combine(_fixture.Cache, "2") }).Read();
        server.Requests.ShouldAllBe(r => r["Authorization"] == null);
        Should.Throw<FineTuneException>(() => Find(options with { HubToken = "a\nb", Folder = Path.Combine(_fixture.Cache, "3") }))
            .Message.ShouldContain("HF_TOKEN has a character");
    }

    public void Dispose() => _fixture.Dispose();

    private static HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var url = request.RequestUri!;
        if (url.Host == "huggingface.co" && url.AbsolutePath.EndsWith(".safetensors", StringComparison.Ordinal))
            return new(HttpStatusCode.Found) { Headers = { Location = new Uri("https://cdn.invalid/blob") } };
        var body = url.Host == "cdn.invalid" ? Weights : System.Text.Encoding.UTF8.GetBytes(Config());
        return new(HttpStatusCode.OK) { Content = new ByteArrayContent(body), Headers = { { "X-Repo-Commit", Commit } } };
    }

    private LocalServer Hub(string? sha = null, string? config = null) => new(r =>
    {
        if (r.Path.EndsWith("/config.json", StringComparison.Ordinal))
            return Server.File(r, System.Text.Encoding.UTF8.GetBytes(config ?? Config())).With("X-Repo-Commit", Commit);
        return Server.File(r, Weights).With("X-Linked-ETag", $"\"{sha ?? _fixture.Sha}\"").With("X-Linked-Size", $"{Weights.Length}");
    });

    private string Refusal(string config)
    {
        using var server = Hub(config: config);
        return Should.Throw<FineTuneException>(
            () => Find(Options(server) with { Folder = Path.Combine(_fixture.Cache, $"{config.Length}") })).Message;
    }
}
