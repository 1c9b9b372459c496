using FineTune.Models;
using FineTune.Tests.Train;
using FineTune.Train;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace FineTune.Tests.Experiment;

/// <summary>What an application calls.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class FineTunerTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void A_run_that_is_cancelled_goes_on_to_the_bits_of_one_that_was_not_and_tells_a_logger()
    {
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var (folder, lines) = (_tiny.Folder("run").Path, new List<string>());
        using var stop = new CancellationTokenSource();
        var half = new FineTuner { Progress = new StopAfter(7, stop) }.Train(_tiny.Recipe, folder, stop.Token);
        (half.Training.Finished, half.Training.Step, half.Training.Result).ShouldBe((false, 7, null));
        var run = new FineTuner(new Lines(lines)).Resume(folder);
        run.Training.FinalWeights.ShouldBe(expected.FinalWeights);
        lines.Count(l => l.StartsWith("Information: Epoch ", StringComparison.Ordinal)).ShouldBe(2);
        lines.ShouldContain(l => l.StartsWith("Information: Snapshot 2 after step 15", StringComparison.Ordinal));

        var photos = Directory.GetFiles(Path.Combine(_tiny.Data, "val", "crab"));
        var answers = run.Predict(photos);
        answers.Select(a => a.Path).ShouldBe(photos);
        answers.ShouldAllBe(a => a.Label == "crab" || a.Label == "fish" || a.Label == "jellyfish");
        File.Exists(run.Folder.Report).ShouldBeTrue();
        run.Session.Ensemble(FineTune.Ensemble.MemberSelection.All, null).Rows.Count.ShouldBe(2);
    }

    [Fact]
    public void A_network_of_the_applications_own_is_trained_opened_and_trained_on()
    {
        var name = $"own_{nameof(FineTunerTests)}";
        var network = new ModelEntry(name, "an own module", classes => Network.FromChildren(
            name,
            nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)), ("pool", nn.AdaptiveAvgPool2d(1)),
                ("flatten", nn.Flatten()), ("fc", nn.Linear(4, classes))),
            Preprocessing.Cifar,
            [("body", ["conv", "norm"]), ("head", ["pool", "flatten", "fc"])]));
        var recipe = _tiny.Recipe with { Head = new HeadOptions(), Epochs = 1, Snapshots = 0 };
        var run = new FineTuner().Train(recipe, network, _tiny.Folder("own").Path);
        run.Session.Recipe.Model.ShouldBe(name);
        using (var model = run.Session.OpenResult())
            model.Classes!.Count.ShouldBe(3);
        new FineTuner().Train(recipe with { Weights = run.Folder.Path }, network, _tiny.Folder("next").Path)
            .Training.Finished.ShouldBeTrue();
        Should.Throw<FineTuneException>(
            () => new FineTuner().Train(recipe, network with { Description = "another" }, _tiny.Folder("third").Path))
            .Message.ShouldContain("already");
    }

    public void Dispose() => _tiny.Dispose();

    private sealed class StopAfter(long step, CancellationTokenSource stop) : IProgress<TrainEvent>
    {
        public void Report(TrainEvent value)
        {
            if (value is TrainEvent.Stepped stepped && stepped.Step == step)
                stop.Cancel();
        }
    }

    private sealed class Lines(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
