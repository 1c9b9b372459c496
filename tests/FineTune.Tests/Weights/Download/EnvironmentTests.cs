using FineTune.Weights;

namespace FineTune.Tests.Weights.Download;

public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("FINETUNE_CACHE=/c XDG_CACHE_HOME=/x", "/c")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/finetune")]
    public void The_cache_is_where_the_environment_says(string set, string folder) =>
        Options(set).Folder.ShouldBe(Path.GetFullPath(folder));

    [Theory]
    [InlineData("")]
    [InlineData("XDG_CACHE_HOME=relative")]
    public void Else_it_is_the_users(string set) =>
        Options(set).Folder.ShouldEndWith(OperatingSystem.IsWindows() ? "finetune" : "/.cache/finetune");

    [Theory]
    [InlineData("", false, false)]
    [InlineData("FINETUNE_OFFLINE=1", true, false)]
    [InlineData("FINETUNE_OFFLINE=0 HF_HUB_OFFLINE=TRUE", false, true)]
    public void Offline_is_on_or_off(string set, bool all, bool hub) =>
        (Options(set).Offline, Options(set).HubOffline).ShouldBe((all, hub));

    [Theory]
    [InlineData("FINETUNE_OFFLINE=maybe", "FINETUNE_OFFLINE is 'maybe'; 1 or 0 is allowed.")]
    [InlineData("FINETUNE_MIRROR=mirror", "FINETUNE_MIRROR is 'mirror'; an address with http://, https:// or file:// is allowed.")]
    [InlineData("HF_ENDPOINT=ftp://mirror", "HF_ENDPOINT is 'ftp://mirror'; an address with http://, https:// or file:// is allowed.")]
    [InlineData("FINETUNE_MIRROR=https://me:secret@mirror",
        "FINETUNE_MIRROR is 'https://me:secret@mirror'; an address with http://, https:// or file:// is allowed.")]
    public void Else_a_sentence_says_what_is_allowed(string set, string says) =>
        Should.Throw<FineTuneException>(() => Options(set)).Message.ShouldBe(says);

    [Fact]
    public void Mirrors_and_the_token_are_read()
    {
        var options = Options("FINETUNE_MIRROR=file:///srv/weights HF_ENDPOINT=https://hub.invalid/x HF_TOKEN=hf_abc");
        options.Mirror.ShouldBe(new Uri("file:///srv/weights"));
        options.HubMirror.ShouldBe(new Uri("https://hub.invalid/x"));
        options.HubToken.ShouldBe("hf_abc");
    }

    private static DownloadOptions Options(string set)
    {
        var values = set.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(v => v.Split('=', 2)[0], v => v.Split('=', 2)[1]);
        return DownloadOptions.FromEnvironment(values.GetValueOrDefault);
    }
}
