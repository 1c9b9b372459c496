using System.Text.Json;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Regularize;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Regularize;

/// <summary>Whole runs with regularisation on.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class RegularizedRunTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    private Recipe Everything => _tiny.Recipe with
    {
        Head = new HeadOptions { Dropout = 0.3, DropoutForm = DropoutForm.TestScaled },
        Optimizer = new NamedSpec("sgd").With("lr", 0.05).With("momentum", 0.9).With("ema", "auto"),
        Regularize = new RegularizeOptions
        {
            SpatialDropout = 0.1,
            DropBlock = 0.1,
            BlockSize = 2,
            StochasticDepth = 0.2,
            DropConnect = 0.3,
            L1 = 1e-4,
            L2 = 1e-3,
            MaxNorm = 2,
        },
    };

    [Theory]
    [InlineData("all", 7)]
    [InlineData("layer3", 5)]
    [InlineData("layer3", 7)]
    public void A_run_with_everything_on_is_resumed_to_the_bit(string trainable, int step)
    {
        var recipe = Everything with { Trainable = trainable };
        ResumesToTheBit(recipe, step);
        using var plain = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("plain"));
        plain.Sources.Views.ShouldBe(trainable == "all" ? 0 : 3); // the cache is in force where there is something to keep
    }

    [Fact]
    public void A_run_with_fractional_pooling_is_resumed_to_the_bit()
    {
        var recipe = _tiny.Recipe with
        {
            Model = "resnet18",
            Input = new InputOptions { Size = 32, Resize = 36 },
            Epochs = 1,
            Snapshots = 0,
            Regularize = new RegularizeOptions { FractionalPool = true, PoolRatio = 1.5 },
        };
        ResumesToTheBit(recipe, 2);
    }

    [Fact]
    public void Each_kind_changes_what_is_learned()
    {
        string[] settings =
        [
            "block_size=7", "spatial_dropout=0.2", "drop_block=0.2", "stochastic_depth=0.3", "drop_connect=0.3", "l1=0.001", "l2=0.01",
            "max_norm=0.5",
        ];
        var weights = settings.Select((setting, k) =>
        {
            var options = RecipeFile.Read(null, ["data=a", "model=b", $"regularize.{setting}"]).Regularize;
            return _tiny.Start(
                _tiny.Recipe with { Epochs = 1, Snapshots = 0, Batch = 18, Regularize = options }, _tiny.Folder($"{k}")).FinalWeights;
        }).ToArray();
        // a block's size by itself is nothing
        weights[0].ShouldBe(_tiny.Start(_tiny.Recipe with { Epochs = 1, Snapshots = 0, Batch = 18 }, _tiny.Folder("plain")).FinalWeights);
        weights.ShouldBeUnique();
    }

    [Fact]
    public void The_penalty_is_part_of_the_loss()
    {
        var plain = _tiny.Recipe with { Epochs = 1, Snapshots = 0 };
        var expected = 0.0;
        using (var experiment = FineTune.Experiment.Experiment.Prepare(plain, _tiny.Folder("p")))
            expected = new WeightPenalty(0.01, 0.02).AddTo(experiment.Parts.Vector);
        var without = FirstLoss(plain, "a");
        var with = FirstLoss(plain with { Regularize = new RegularizeOptions { L1 = 0.01, L2 = 0.02 } }, "b");
        expected.ShouldBeGreaterThan(1);
        (with - without).ShouldBe(expected, 1e-4 * expected);
    }

    [Fact]
    public void A_run_ends_early_says_so_and_is_not_taken_further()
    {
        var recipe = _tiny.Recipe with
        {
            Epochs = 9,
            Snapshots = 0,
            Optimizer = new NamedSpec("sgd").With("lr", 0),
            EarlyStopping = new EarlyStopping { Patience = 2, Watch = EarlyStopping.Top1 },
        };
        var events = new List<TrainEvent>();
        var folder = _tiny.Folder("a");
        var result = _tiny.Start(recipe, folder, listener: events.Add);
        var epochs = events.OfType<TrainEvent.EpochEnded>().ToArray();
        events.OfType<TrainEvent.StoppedEarly>().ShouldHaveSingleItem()
            .ShouldBe(new TrainEvent.StoppedEarly(epochs.Length - 1, result.Step));
        (result.Finished, result.Step).ShouldBe((true, epochs.Length * TinyRun.StepsPerEpoch));
        epochs.Length.ShouldBeLessThan(9);
        var best = epochs.Select(e => e.Validation.Top1).Take(epochs.Length - 2).Max();
        epochs.TakeLast(2).ShouldAllBe(e => e.Validation.Top1 <= best);
        var again = _tiny.Start(recipe, folder, resume: true);
        (again.Finished, again.Step, again.FinalWeights).ShouldBe((true, result.Step, result.FinalWeights));
    }

    [Fact]
    public void What_early_stopping_has_waited_for_is_kept_across_a_resume()
    {
        var recipe = _tiny.Recipe with
        {
            Epochs = 6,
            Snapshots = 0,
            Optimizer = new NamedSpec("sgd").With("lr", 0),
            EarlyStopping = new EarlyStopping { Patience = 3, Watch = EarlyStopping.Top1 },
        };
        var whole = _tiny.Start(recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(recipe, folder, 12);
        var state = JsonSerializer.Deserialize(WeightFile.Read(folder.Last).Metadata["train_state"], CheckpointJson.Default.TrainState)!;
        state.EarlyStop.ShouldNotBeNull();
        var resumed = _tiny.Start(recipe, folder, resume: true);
        (resumed.Step, resumed.FinalWeights).ShouldBe((whole.Step, whole.FinalWeights));
    }

    [Fact]
    public void A_weights_file_by_itself_predicts_what_the_run_measured()
    {
        var recipe = _tiny.Recipe with
        {
            Snapshots = 0,
            Epochs = 1,
            Head = new HeadOptions { Dropout = 0.6, DropoutForm = DropoutForm.TestScaled },
        };
        Score? measured = null;
        var folder = _tiny.Folder("a");
        _tiny.Start(recipe, folder, listener: e => measured = e is TrainEvent.EpochEnded ended ? ended.Validation : measured);
        using var model = WeightsSession.OpenModel(null, folder.Best);
        var session = new WeightsSession(model, _tiny.Data, FineTune.Data.OnBadFile.Fail);
        Score.Of(session.Predict(session.Samples(null).Samples)).Nll.ShouldBe(measured!.Nll, 1e-5);
    }

    [Fact]
    public void Predictions_by_draws_are_a_function_of_the_seed_and_no_marginal()
    {
        var folder = _tiny.Folder("a");
        _tiny.Start(Everything with { Epochs = 1, Snapshots = 0 }, folder);
        var session = new RunSession(folder.Path);
        using var model = session.OpenResult();
        var samples = session.Samples().Samples;
        var before = Statistics(model);
        var marginal = session.Predict(model, samples).Probabilities;
        var drawn = session.Predict(model, samples, session.Inference(null, 5)).Probabilities;
        drawn.ShouldNotBe(marginal);
        session.Predict(model, samples, session.Inference(null, 5)).Probabilities.ShouldBe(drawn);
        session.Predict(model, samples, session.Inference(null, 6)).Probabilities.ShouldNotBe(drawn);
        session.Predict(model, samples).Probabilities.ShouldBe(marginal);
        drawn.Chunk(3).ShouldAllBe(row => Math.Abs(row.Sum() - 1) < 1e-9);
        Statistics(model).ShouldBe(before); // batch norm was in inference mode
    }

    [Fact]
    public void Predictions_by_draws_need_layers_that_draw()
    {
        var folder = _tiny.Folder("a");
        _tiny.Start(_tiny.Recipe with { Epochs = 1, Snapshots = 0, Head = new HeadOptions() }, folder);
        var session = new RunSession(folder.Path);
        using var model = session.OpenResult();
        var samples = session.Samples().Samples;
        Should.Throw<FineTuneException>(() => session.Predict(model, samples, session.Inference(null, 5)))
            .Message.ShouldContain("was trained with none");
        WeightFile.Read(folder.Best).Metadata.ShouldNotContainKey("stochastic_layers");
    }

    public void Dispose() => _tiny.Dispose();

    private static float[] Statistics(LoadedModel model) => [.. model.Network.state_dict()
        .Where(t => t.Key.Contains("running", StringComparison.Ordinal)).SelectMany(t => t.Value.data<float>().ToArray())];

    private double FirstLoss(Recipe recipe, string name)
    {
        var losses = new List<double>();
        _tiny.Start(recipe, _tiny.Folder(name), listener: e =>
        {
            if (e is TrainEvent.Stepped stepped)
                losses.Add(stepped.Loss);
        });
        return losses[0];
    }

    private void ResumesToTheBit(Recipe recipe, int step)
    {
        var (whole, stopped) = (_tiny.Folder("whole"), _tiny.Folder("stopped"));
        var expected = _tiny.Start(recipe, whole);
        _tiny.StartAndStop(recipe, stopped, step).Step.ShouldBe(step);
        var resumed = _tiny.Start(recipe, stopped, resume: true);
        resumed.FinalWeights.ShouldBe(expected.FinalWeights);
        foreach (var (a, b) in new[] { (whole.Last, stopped.Last), (whole.Best, stopped.Best) })
            // 90 MB: element by element would take minutes
            File.ReadAllBytes(b).AsSpan().SequenceEqual(File.ReadAllBytes(a)).ShouldBeTrue(b);
    }
}
