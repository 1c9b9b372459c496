using FineTune.Augment;
using FineTune.Experiment;
using FineTune.Train;

namespace FineTune.Tests.Train;

/// <summary>A folder of a test's own: a few of the shipped drawings, and the runs made on them. 36 images in 5 steps an epoch.</summary>
internal sealed class TinyRun : IDisposable
{
    public const int StepsPerEpoch = 5;

    private const int Classes = 3;

    /// <param name="images">Training images of each of three classes.</param>
    public TinyRun(int images = 12)
    {
        foreach (var (split, count) in new[] { ("train", images), ("val", 5) })
        {
            foreach (var source in Directory.GetDirectories(Path.Combine(Repo.Root, "datasets", "tidepool", split))
                .Order(StringComparer.Ordinal).Take(Classes))
            {
                var target = Directory.CreateDirectory(Path.Combine(Data, split, Path.GetFileName(source)));
                foreach (var file in Directory.GetFiles(source).Order(StringComparer.Ordinal).Take(count))
                    File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)));
            }
        }
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("finetune-train-").FullName;

    public string Data => Path.Combine(Root, "data");

    /// <summary>Everything that is random is on: augmentation, dropout, a new head; two snapshots, the first within an epoch.</summary>
    public Recipe Recipe => new()
    {
        Data = Data,
        Model = "cifar_resnet20",
        Input = new InputOptions { Size = 16, Resize = 18 },
        Augment = AugmentSpec.Of("lecture"),
        Head = new HeadOptions { Dropout = 0.3 },
        Optimizer = new NamedSpec("sgd").With("lr", 0.05).With("momentum", 0.9).With("weight_decay", 1e-4),
        Epochs = 3,
        Batch = 8,
        Snapshots = 2,
        Threads = 1,
    };

    public RunFolder Folder(string name) => new(Path.Combine(Root, name));

    /// <summary>Starts a run, or goes on with it.</summary>
    public TrainingResult Start(
        Recipe recipe, RunFolder folder, bool resume = false, Action<TrainEvent>? listener = null, CancellationToken stop = default)
    {
        if (resume)
            return Resume(folder, [], listener, stop);
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, folder, cancellation: CancellationToken.None);
        return TrainingRun.Start(experiment, listener: listener, stop: stop);
    }

    /// <summary>Goes on with a run.</summary>
    public TrainingResult Resume(RunFolder folder, string[] settings, Action<TrainEvent>? listener = null, CancellationToken stop = default)
    {
        using var experiment = FineTune.Experiment.Experiment.Resume(folder, settings, cancellation: CancellationToken.None);
        return TrainingRun.Start(experiment, listener: listener, stop: stop);
    }

    /// <summary>Starts a run and asks it to stop after a step.</summary>
    public TrainingResult StartAndStop(Recipe recipe, RunFolder folder, long afterStep, bool resume = false)
    {
        using var stop = new CancellationTokenSource();
        return Start(recipe, folder, resume, e => StopAt(e, afterStep, stop), stop.Token);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void StopAt(TrainEvent e, long step, CancellationTokenSource stop)
    {
        if (e is TrainEvent.Stepped stepped && stepped.Step == step)
            stop.Cancel();
    }
}
