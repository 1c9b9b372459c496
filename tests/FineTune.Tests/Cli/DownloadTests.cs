namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class DownloadTests : IDisposable
{
    private static readonly string Tidepool = Path.Combine(Repo.Root, "datasets", "tidepool");
    private readonly string _cache = Directory.CreateTempSubdirectory("finetune-cache-").FullName;

    [Theory]
    [InlineData("--offline", "0")]
    [InlineData("--json", "1")]
    public void Offline_names_the_address_and_the_file_to_put_where(string option, string variable)
    {
        var outcome = Finetune.RunProgram(
            Finetune.Program[0],
            [.. Finetune.Program.Skip(1), "eval", "--data", Tidepool, "--weights", "imagenet1k_v1", "--model", "resnet18", option],
            ("FINETUNE_CACHE", _cache), ("FINETUNE_OFFLINE", variable), ("FINETUNE_MODELS", Path.Combine(Repo.Root, "models")));
        outcome.Error.Trim().ShouldBe(
            "resnet18 imagenet1k_v1 is not in the cache and nothing is fetched (--offline or FINETUNE_OFFLINE); fetch "
            + "https://download.pytorch.org/models/resnet18-f37072fd.pth elsewhere and put it at "
            + $"'{_cache}/weights/resnet18-f37072fd.pth'.");
        outcome.Code.ShouldBe(1);
    }

    [Fact]
    public void A_models_weights_are_listed_with_what_is_published_of_them()
    {
        var outcome = Finetune.RunProgram(
            Finetune.Program[0],
            [.. Finetune.Program.Skip(1), "list", "weights", "vit_b_16"],
            ("FINETUNE_CACHE", _cache), ("FINETUNE_MODELS", Path.Combine(Repo.Root, "models")));
        outcome.Out.Split('\n')[0].ShouldStartWith("vit_b_16  imagenet1k_swag_e2e_v1     top-1 85.3%");
        outcome.Out.Split('\n').ShouldContain(
            "vit_b_16  imagenet1k_swag_linear_v1  top-1 81.9%  top-5 96.2%       ~346 MB  fetched at first use");
        outcome.Out.ShouldContain("1000 classes, 224 pixels from 224, bicubic; CC-BY-NC-4.0 (SWAG)");
    }

    public void Dispose() => Directory.Delete(_cache, recursive: true);
}
