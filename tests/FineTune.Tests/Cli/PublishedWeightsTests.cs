namespace FineTune.Tests.Cli;

public sealed class PublishedWeightsTests
{
    [SkippableTheory]
    [InlineData("cifar_resnet20", "cifar_resnet20-12fca82f.th", 0.8135, 0.83275)]
    [InlineData("cifar_resnet32", "cifar_resnet32-d509ac18.th", 0.8380, 0.82083)]
    public void Eval_of_published_weights_equals_pytorch(string model, string file, double top1, double nll)
    {
        Skip.If(Repo.Shared is null, "shared/real is not beside the checkout");
        var real = Path.Combine(Repo.Shared, "real");

        var json = Finetune.Run("eval", "--data", Path.Combine(real, "datasets", "cifar10-2000"), "--model", model, "--weights",
            Path.Combine(real, "models", file), "--json")
            .ShouldSucceed().Json.ShouldHaveSingleItem();

        ((double)json["top1"]!).ShouldBe(top1, 1e-12);
        ((double)json["nll"]!).ShouldBe(nll, 0.0005);
        ((int)json["n"]!).ShouldBe(2000);
        ((string)json["split"]!).ShouldBe("test");
    }
}
