using FineTune.Train;
using FineTune.Transfer;
using FineTune.Weights;

namespace FineTune.Tests.Train;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class EpochRepeatsTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void Two_passes_as_one_epoch_train_as_two_epochs_do()
    {
        var recipe = _tiny.Recipe with
        {
            Schedule = new NamedSpec("constant"),
            Head = new HeadOptions(), // the masks of dropout are drawn by epoch and step
            Snapshots = 0,
        };
        var single = _tiny.Start(recipe with { Epochs = 4 }, _tiny.Folder("single"));
        var passes = _tiny.Start(recipe with { Epochs = 2, EpochRepeats = 2 }, _tiny.Folder("passes"));
        (passes.Step, passes.Last!.Nll).ShouldBe((single.Step, single.Last!.Nll));
        File.ReadAllLines(_tiny.Folder("passes").Metrics).Length.ShouldBe(2);
    }

    [Fact]
    public void A_stop_in_the_second_pass_changes_nothing()
    {
        var recipe = _tiny.Recipe with { Epochs = 2, EpochRepeats = 2, Snapshots = 0 };
        var expected = _tiny.Start(recipe, _tiny.Folder("whole"));
        _tiny.StartAndStop(recipe, _tiny.Folder("stopped"), TinyRun.StepsPerEpoch + 2);
        _tiny.Resume(_tiny.Folder("stopped"), []).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Theory]
    [InlineData("frozen", true)]
    [InlineData("inference", false)]
    public void Frozen_batch_norms_keep_their_statistics_above_the_line_too(string norms, bool stay)
    {
        var recipe = _tiny.Recipe with { Weights = "attic", Epochs = 1, Snapshots = 0, BatchNorm = norms, Trainable = FreezeLine.All };
        recipe = recipe with { Optimizer = recipe.Optimizer.With("lr", 0.001) };
        _tiny.Start(recipe, _tiny.Folder("run"));
        var (before, after) = (Catalog.Find("cifar_resnet20", "attic").Read(), WeightFile.Read(_tiny.Folder("run").Last));
        const string Mean = "layer1.0.bn1.running_mean", Scale = "layer1.0.bn1.weight";
        after[Mean].ToFloats().SequenceEqual(before[Mean].ToFloats()).ShouldBe(stay);
        after[Scale].ToFloats().ShouldNotBe(before[Scale].ToFloats());
    }

    public void Dispose() => _tiny.Dispose();
}
