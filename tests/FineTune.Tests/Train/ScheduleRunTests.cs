using FineTune.Train;

namespace FineTune.Tests.Train;

/// <summary>Schedules as a run feels them.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ScheduleRunTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    // Validation that can never get better by so much: the rate falls after the second epoch.
    private Recipe Plateau => _tiny.Recipe with
    {
        Snapshots = 0,
        Schedule = new NamedSpec("plateau").With("patience", 0).With("threshold", 100).With("relative", false).With("by", 0.5),
    };

    [Fact]
    public void Plateau_lowers_the_rate_and_a_resumed_run_remembers_it()
    {
        var rates = new List<double>();
        var expected = _tiny.Start(Plateau, _tiny.Folder("whole"), listener: e => Note(e, rates));
        rates.ShouldBe([0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.025, 0.025]);
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(Plateau, folder, 12);
        rates.Clear();
        _tiny.Start(Plateau, folder, resume: true, e => Note(e, rates)).FinalWeights.ShouldBe(expected.FinalWeights);
        rates.ShouldBe([0.025, 0.025, 0.025]);
    }

    [Fact]
    public void A_scheduled_momentum_reaches_the_rule()
    {
        var recipe = _tiny.Recipe with { Snapshots = 0, Epochs = 1, Schedule = new NamedSpec("one-cycle") };
        var moving = _tiny.Start(recipe, _tiny.Folder("moving"));
        var still = _tiny.Start(recipe with { Schedule = recipe.Schedule.With("cycle_momentum", false) }, _tiny.Folder("still"));
        var low = _tiny.Start(
            recipe with { Schedule = recipe.Schedule.With("momentum_low", 0.9).With("momentum_high", 0.9) }, _tiny.Folder("low"));
        moving.FinalWeights.ShouldNotBe(still.FinalWeights);
        low.FinalWeights.ShouldBe(still.FinalWeights); // 0.9 is the rule's own
    }

    [Fact]
    public void A_warm_up_is_no_part_of_the_snapshots_cycles()
    {
        var taken = new List<long>();
        _tiny.Start(_tiny.Recipe with { Schedule = new NamedSpec("snapshot").With("warmup", "5 steps") },
            _tiny.Folder("run"), listener: e =>
            {
                if (e is TrainEvent.SnapshotTaken snapshot)
                    taken.Add(snapshot.Step);
            });
        taken.ShouldBe([10, 15]);
    }

    public void Dispose() => _tiny.Dispose();

    private static void Note(TrainEvent e, List<double> rates)
    {
        if (e is TrainEvent.Stepped stepped)
            rates.Add(stepped.Lr);
    }
}
