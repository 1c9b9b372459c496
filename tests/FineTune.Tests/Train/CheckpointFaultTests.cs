using FineTune.Optimize;
using FineTune.Train;

namespace FineTune.Tests.Train;

/// <summary>Whatever call of the file system fails, and wherever the process ends: a whole state can be taken up.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class CheckpointFaultTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.DeathBefore)]
    [InlineData(Fault.DeathAfter)]
    public void A_call_that_fails_leaves_a_checkpoint_to_go_on_from(Fault fault)
    {
        using var run = Prepare("calls");
        var points = 0;
        for (; Survives(run, new FaultyCalls(points, fault)); points++)
        {
        }

        points.ShouldBe(8); // create, flush, rename, flush the folder; and twice rename and flush the folder
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(5000)]
    [InlineData(1_500_000)]
    public void A_disk_that_is_full_after_some_bytes_leaves_the_checkpoint_that_was(long bytes)
    {
        using var run = Prepare("full");
        Survives(run, new FaultyCalls(-1, Fault.Before, bytes)).ShouldBeTrue();
        Directory.EnumerateFiles(run.Parts.Folder.Path, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void Two_checkpoints_are_kept_and_a_flipped_bit_in_the_last_leads_to_the_one_before()
    {
        using var run = Prepare("bit");
        var store = new CheckpointStore(run.Parts);
        Save(run, store, 1);
        Save(run, store, 2);
        var bytes = File.ReadAllBytes(run.Parts.Folder.Last);
        bytes[^5] ^= 1;
        File.WriteAllBytes(run.Parts.Folder.Last, bytes);

        store.Restore(SavedState.Newest(run.Parts.Folder)!, _ => run.Parts.Optimizer)!.Step.ShouldBe(1);
        All(run).ShouldBe(1);
    }

    public void Dispose() => _tiny.Dispose();

    /// <summary>Saves a third state with a fault; whether it was reached.</summary>
    private static bool Survives(FineTune.Experiment.Experiment run, FaultyCalls faulty)
    {
        var store = new CheckpointStore(run.Parts);
        Save(run, store, 1);
        Save(run, store, 2);
        AtomicFile.Faults = faulty;
        try
        {
            Save(run, store, 3);
        }
        catch (Exception e) when (e is FineTuneException or DeathException)
        {
            faulty.Fired.ShouldBeTrue(e.ToString());
        }
        finally
        {
            AtomicFile.Faults = null;
        }

        var step = store.Restore(SavedState.Newest(run.Parts.Folder)!, _ => run.Parts.Optimizer).ShouldNotBeNull().Step;
        step.ShouldBeOneOf(faulty.Fired ? [2, 3] : [3]);
        All(run).ShouldBe(step);
        return faulty.Fired;
    }

    private static void Save(FineTune.Experiment.Experiment run, CheckpointStore store, int step)
    {
        ParameterVector.Floats(run.Parts.Vector.W).Fill(step);
        store.Save(TrainState.Start with { Step = step });
    }

    /// <summary>The one value of all weights.</summary>
    private static float All(FineTune.Experiment.Experiment run)
    {
        var values = run.Parts.Vector.Segments.SelectMany(
            s => ParameterVector.Floats(run.Parts.Vector.W).Slice((int)s.Offset, (int)s.Length).ToArray());
        return values.Distinct().ShouldHaveSingleItem();
    }

    private FineTune.Experiment.Experiment Prepare(string name)
    {
        var folder = _tiny.Folder(name);
        var run = FineTune.Experiment.Experiment.Prepare(_tiny.Recipe, folder);
        folder.Create();
        return run;
    }
}
