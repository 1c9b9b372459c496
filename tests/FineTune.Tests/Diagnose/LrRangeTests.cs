using FineTune.Diagnose;
using FineTune.Experiment;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Diagnose;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class LrRangeTests : IDisposable
{
    private static readonly LrRangeOptions Short = new() { Iterations = 20, Diverged = 1e9, To = 1 };
    private readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("sgd", 0)]
    [InlineData("adamw", 2)]
    public void Everything_is_as_before_and_a_run_after_it_has_the_same_bits(string optimizer, int lookahead)
    {
        var recipe = _tiny.Recipe with
        {
            Epochs = 1,
            Snapshots = 0,
            Optimizer = new NamedSpec(optimizer).With("lr", 0.01).With("lookahead", lookahead),
        };
        var expected = _tiny.Start(recipe, _tiny.Folder("alone"));
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("after"));
        var before = Everything(experiment.Parts);
        var range = LrRangeTest.Run(experiment.Parts, Short);
        range.Points.Count.ShouldBe(20);
        range.Points[0].Lr.ShouldBe(1e-7);
        range.Points[^1].Lr.ShouldBe(1, 1e-12);
        Everything(experiment.Parts).ShouldBe(before);
        Directory.Exists(_tiny.Folder("after").Path).ShouldBeFalse();
        TrainingRun.Start(experiment).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void A_loss_beyond_bounds_ends_it()
    {
        using var experiment = FineTune.Experiment.Experiment.Prepare(_tiny.Recipe, _tiny.Folder("run"));
        var before = Everything(experiment.Parts);
        var range = LrRangeTest.Run(
            experiment.Parts,
            new LrRangeOptions { Iterations = 40, From = 1e-6, To = 1e6, Diverged = 20, Smoothing = 0 });
        range.EndedEarly.ShouldBeTrue();
        range.Points.Count.ShouldBeLessThan(40);
        range.Points[^1].Smoothed.ShouldBe(range.Points[^1].Loss);
        range.Points[^1].Smoothed.ShouldBeGreaterThan(20 * range.Points.Min(p => p.Smoothed));
        Everything(experiment.Parts).ShouldBe(before);
    }

    [Theory]
    [InlineData(0, 10, 100)]
    [InlineData(1, 1, 100)]
    [InlineData(1e-7, double.PositiveInfinity, 100)]
    [InlineData(1e-7, 10, 19)]
    public void A_range_that_cannot_be_tried_is_refused(double from, double to, int iterations) =>
        Should.Throw<FineTuneException>(() => new LrRangeOptions { From = from, To = to, Iterations = iterations }.Validate())
            .Message.ShouldContain("allowed");

    public void Dispose() => _tiny.Dispose();

    private static List<double> Everything(TrainerParts parts) =>
    [
        .. parts.Network.state_dict().Values.Append(parts.Vector.G).Concat(parts.Optimizer.State.Select(s => s.Vector)).SelectMany(t =>
        {
            using var sums = t.to(TorchSharp.torch.ScalarType.Float64);
            return sums.flatten().data<double>().ToArray();
        }),
        parts.Optimizer.T,
        .. parts.Optimizer.Numbers.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => n.Value),
    ];
}
