using FineTune.Experiment;
using FineTune.Models;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Transfer;

namespace FineTune.Tests.Transfer;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class FreezeByNameTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("inference", false)]
    [InlineData("statistics-only", true)]
    [InlineData("train", true)]
    public void What_is_frozen_by_name_stays_and_the_rest_of_its_stage_moves(string norms, bool drifts)
    {
        var moved = Moved(_tiny.Recipe with { Trainable = "layer3", Freeze = ["layer3.0.*"], BatchNorm = norms });
        moved.ShouldNotContain("layer3.0.conv1.weight");
        moved.ShouldNotContain("layer3.0.bn1.weight");
        moved.ShouldContain("layer3.1.conv1.weight");
        moved.ShouldContain("layer3.1.bn1.running_mean");
        moved.Contains("layer3.0.bn1.running_mean").ShouldBe(drifts);
    }

    [Fact]
    public void Batch_norms_that_train_below_the_line_take_nothing_else_with_them()
    {
        var moved = Moved(_tiny.Recipe with { Trainable = "head", BatchNorm = "train" });
        moved.ShouldContain("layer1.0.bn1.weight");
        moved.ShouldContain("bn1.running_var");
        moved.ShouldContain("linear.weight");
        moved.Where(n => n.Contains("conv", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    [InlineData("muon")]
    [InlineData("lars")]
    [InlineData("lbfgs")]
    public void Nothing_that_steps_measures_or_averages_moves_what_is_frozen(string optimizer)
    {
        var spec = new NamedSpec(optimizer).With("lr", 0.01).With("ema", 0.8).With("lookahead", 2);
        if (optimizer == "sgd")
            spec = spec.With("sam", 0.05);
        var recipe = _tiny.Recipe with
        {
            Trainable = "layer3",
            Freeze = ["layer3.*.conv1.weight", "linear.bias"],
            Optimizer = spec,
            Regularize = new() { L2 = 1e-3 },
            Gradient = new() { Noise = 0.01, ClipNorm = 1 },
        };
        var moved = Moved(recipe);
        moved.ShouldContain("layer3.1.conv2.weight");
        moved.Where(n => n == "linear.bias" || n.EndsWith("conv1.weight", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_with_frozen_names_resumes_to_the_same_bits()
    {
        var recipe = _tiny.Recipe with
        {
            Trainable = "layer2",
            Freeze = ["layer3.1.*"],
            BatchNorm = "train",
            Optimizer = new NamedSpec("adamw").With("lr", 0.01).With("ema", 0.8),
        };
        var expected = _tiny.Start(recipe, _tiny.Folder("whole"));
        _tiny.StartAndStop(recipe, _tiny.Folder("stopped"), 7);
        _tiny.Start(RecipeFile.Read(_tiny.Folder("stopped").Recipe), _tiny.Folder("stopped"), resume: true)
            .FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void Stages_at_the_input_that_are_frozen_by_name_lie_below_the_line()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var line = FreezeLine.Parse(network, "all", freeze: ["conv1.*", "bn1.*", "layer1.*"]);
        network.Stages[line.Stage].Name.ShouldBe("layer2");
        Should.Throw<FineTuneException>(() => Phase.Of(_tiny.Recipe with { Trainable = "head", Freeze = ["layer1.*"] }, network))
            .Message.ShouldContain("'layer1.*', which matches no parameter that would train");
        // nothing of it trains in the first
        Phase.Of(_tiny.Recipe with { Unfreeze = 1, Trainable = "layer2", Freeze = ["layer3.0.*"] }, network).Count.ShouldBe(3);
        Should.Throw<FineTuneException>(() => FreezeLine.Parse(network, "head", freeze: ["*"]))
            .Message.ShouldContain("leaves no parameter to train");
    }

    [Fact]
    public void The_audit_counts_every_parameter_once()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            _tiny.Recipe with { Trainable = "layer3", Freeze = ["layer3.0.*"] }, _tiny.Folder("a"));
        var rows = FreezeAudit.Table(run.Parts);
        rows.Sum(r => r.Count).ShouldBe(run.Parts.Vector.Segments.Sum(s => s.Length));
        rows[0].Group.ShouldBe("frozen");
        rows[0].Stages.ShouldContain("layer3");
    }

    public void Dispose() => _tiny.Dispose();

    /// <summary>Names of the tensors that a run of one epoch, its average in place of w, changed.</summary>
    private string[] Moved(Recipe recipe)
    {
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe with { Epochs = 1, Snapshots = 0 }, _tiny.Folder("moved"));
        var network = experiment.Parts.Network;
        var before = network.state_dict().ToDictionary(t => t.Key, t => t.Value.bytes.ToArray());
        TrainingRun.Start(experiment);
        var best = FineTune.Weights.WeightFile.Read(experiment.Parts.Folder.Best);
        return [.. network.state_dict()
            .Where(t => !t.Value.bytes.SequenceEqual(before[t.Key]) || !best[t.Key].Bytes.Span.SequenceEqual(before[t.Key]))
            .Select(t => t.Key)];
    }
}
