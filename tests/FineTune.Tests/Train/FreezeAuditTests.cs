using FineTune.Optimize;
using FineTune.Optimize.Wrappers;
using FineTune.Train;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class FreezeAuditTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void The_table_says_what_trains_and_what_does_not()
    {
        using var run = Prepare("layer3");

        var rows = FreezeAudit.Table(run.Parts);

        rows.Select(r => r.Group).ShouldBe(["frozen", "body", "body, biases and norms", "head", "head, biases and norms"]);
        rows.Sum(r => r.Count).ShouldBe(run.Parts.Vector.Segments.Sum(s => s.Length));
        rows[0].ShouldBe(rows[0] with { Lr = 0, WeightDecay = 0, BatchNorm = "inference" });
        rows[0].Stages.ShouldBe(["stem", "layer1", "layer2"]);
        rows[1].ShouldBe(rows[1] with { Lr = 0.05, WeightDecay = 1e-4, BatchNorm = "batch statistics" });
        rows[2].WeightDecay.ShouldBe(0);
        rows[3].BatchNorm.ShouldBe("none");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("layer3")]
    [InlineData("head")]
    public void A_run_that_keeps_to_its_line_passes(string trainable)
    {
        using var run = Prepare(trainable);
        Train(run.Parts);
    }

    [Fact]
    public void Statistics_follow_the_batches_where_the_recipe_says_so_and_nothing_else_moves()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            _tiny.Recipe with { Trainable = "head", BatchNorm = "statistics-only", Epochs = 1, Snapshots = 0 }, _tiny.Folder("run"));
        var (weights, statistics) =
            (ParameterVector.Floats(run.Parts.Vector.W).ToArray(), ParameterVector.Floats(run.Parts.Vector.Statistics).ToArray());
        run.Sources.Views.ShouldBe(0);
        FreezeAudit.Table(run.Parts)[0].BatchNorm.ShouldBe("statistics only");

        Train(run.Parts);

        var line = (int)run.Parts.Vector.Line;
        ParameterVector.Floats(run.Parts.Vector.W)[..line].ToArray().ShouldBe(weights[..line]);
        ParameterVector.Floats(run.Parts.Vector.Statistics).ToArray().ShouldNotBe(statistics);
        Should.Throw<FineTuneException>(
            () => FineTune.Experiment.Experiment.Prepare(run.Parts.Recipe with { Cache = "2" }, _tiny.Folder("b")))
            .Message.ShouldContain("leave cache at auto");
    }

    [Fact]
    public void A_frozen_layer_in_the_optimizer_is_caught()
    {
        using var run = Prepare("all");
        run.Parts.Vector.Unfreeze(run.Parts.Network.Stages.Count - 1);

        Should.Throw<FineTuneException>(() => new FreezeAudit(run.Parts, fresh: true))
            .Message.ShouldBe("The freeze audit stops the run: the optimizer holds 'conv1.weight', which lies below the freeze line.");
    }

    [Fact]
    public void Frozen_weights_that_move_are_caught()
    {
        using var run = Prepare("head");
        Caught(run.Parts, _ =>
        {
            using var still = no_grad();
            run.Parts.Vector.W.narrow(0, 0, 5).add_(1);
        }).ShouldContain("'conv1.weight' lies below the freeze line, but moved");
    }

    [Fact]
    public void Statistics_that_drift_below_the_line_are_caught()
    {
        using var run = Prepare("head");
        Caught(run.Parts, _ =>
        {
            using var still = no_grad();
            run.Parts.Vector.Statistics.add_(0.01);
        }).ShouldContain("batch-norm statistics of frozen layers drifted");
    }

    [Fact]
    public void A_head_that_gets_no_gradient_is_caught()
    {
        using var run = Prepare("layer3");
        Caught(run.Parts, logits => logits.mul_(0)).ShouldContain("got no gradient");
    }

    [Fact]
    public void A_group_that_has_a_gradient_and_does_not_move_is_caught()
    {
        using var run = Prepare("layer3");
        Caught(run.Parts with { Optimizer = new Still(run.Parts.Optimizer) }, _ => { })
            .ShouldContain("the group 'body' has a gradient and a learning rate, but nothing in it moved in 3 steps");
    }

    [Theory]
    [InlineData("sgd", 1e-9)]
    [InlineData("sgd", 1e-12)]
    [InlineData("adam", 1e-12)]
    public void Steps_that_round_away_are_no_violation(string rule, double lr)
    {
        var recipe = _tiny.Recipe with
        {
            Optimizer = new NamedSpec(rule).With("lr", lr),
            Head = new HeadOptions { Init = "zero" },
            Cache = "off",
            Epochs = 1,
            Snapshots = 0,
        };
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("run"));
        Train(run.Parts);
    }

    [Fact]
    public void A_group_that_does_not_move_once_the_rate_is_high_enough_is_caught_after_a_warm_up()
    {
        var recipe = _tiny.Recipe with
        {
            Weights = "attic", // no weight is 0, which any step moves
            Schedule = new NamedSpec("cosine").With("warmup", "10 steps").With("warmup_from", 1e-9).With("warmup_shape", "exponential"),
            Cache = "off",
            Snapshots = 0,
        };
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("run"));
        var taken = 0;
        var counted = new AlteredSource(run.Parts.Training, (_, _) => taken++);
        var parts = run.Parts with { Optimizer = new Still(run.Parts.Optimizer), Training = counted };

        Should.Throw<FineTuneException>(() => Train(parts)).Message.ShouldContain("nothing in it moved in 3 steps");
        taken.ShouldBeInRange(4, 14);
    }

    [Fact]
    public void A_phase_of_fewer_steps_is_looked_at_too()
    {
        var recipe = _tiny.Recipe with { Trainable = "head", Batch = 36, Epochs = 1, Snapshots = 0, Cache = "off" };
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("short"));
        Caught(run.Parts, _ =>
        {
            using var still = no_grad();
            run.Parts.Vector.W.narrow(0, 0, 5).add_(1);
        }).ShouldContain("moved within 1 steps");
    }

    [Fact]
    public void A_head_without_a_learning_rate_is_caught()
    {
        var groups = new List<object?> { new Dictionary<string, object?> { ["match"] = "linear.*", ["lr_scale"] = 0.0 } };
        var recipe = _tiny.Recipe with { Trainable = "head", Optimizer = new NamedSpec("sgd").With("lr", 0.1).With("groups", groups) };
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("still"));

        Should.Throw<FineTuneException>(() => new FreezeAudit(run.Parts, fresh: true)).Message.ShouldContain("the head is in no group");
    }

    public void Dispose() => _tiny.Dispose();

    /// <summary>A rule that never moves.</summary>
    private sealed class Still(Optimizer inner) : OptimizerWrapper(inner)
    {
        public override void Step(double lr, Func<double> evaluate) => T++;
    }

    private FineTune.Experiment.Experiment Prepare(string trainable) =>
        FineTune.Experiment.Experiment.Prepare(
            _tiny.Recipe with { Trainable = trainable, Cache = "off", Epochs = 1, Snapshots = 0 }, _tiny.Folder("run"));

    private static string Caught(TrainerParts parts, Action<Tensor> meddle)
    {
        var meddled = parts with { Training = new AlteredSource(parts.Training, (_, logits) => meddle(logits)) };
        return Should.Throw<FineTuneException>(() => Train(meddled)).Message;
    }

    private static void Train(TrainerParts parts)
    {
        parts.Folder.Create();
        new Trainer(parts, _ => { }, TimeProvider.System).Run(CancellationToken.None).ShouldBeTrue();
    }
}
