namespace FineTune.Tests.Cli;

public sealed class ProbeTests
{
    [Theory]
    [InlineData("ridge")]
    [InlineData("logistic")]
    public void The_shipped_weights_are_probed_by_their_name(string head)
    {
        var row = Finetune.Run("probe", "--data", "datasets/tidepool", "--weights", "attic", "--head", head, "--json").ShouldSucceed()
            .Json.ShouldHaveSingleItem();

        row["model"]!.GetValue<string>().ShouldBe("cifar_resnet20");
        row["features"]!.GetValue<int>().ShouldBe(64);
        row["images"]!.GetValue<int>().ShouldBe(320);
        row["top1"]!.GetValue<double>().ShouldBeInRange(0.65, 0.95); // a head trained by SGD has 0.79
        row["cross_top1"]!.GetValue<double>().ShouldBeInRange(0.65, 0.95);
    }

    [Fact]
    public void Weights_that_are_not_there_are_named() =>
        Finetune.Run("probe", "--data", "datasets/tidepool", "--weights", "atic")
            .ShouldFail("Unknown weights 'atic'; did you mean 'attic'");
}
