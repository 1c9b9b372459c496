using FineTune.Data;
using FineTune.Engine;
using FineTune.Images;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Train;
using FineTune.Train.Losses;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using FineTune.Weights;
using TorchSharp;

namespace FineTune.Experiment;

/// <summary>A recipe made real: data screened, network built and filled, head swapped, line drawn, loop ready.</summary>
public sealed class Experiment : IDisposable
{
    private readonly DecodedCache _decoded;
    private readonly IReadOnlyList<Phase> _phases;

    private Experiment(Recipe recipe, RunFolder folder, Network network, string? startingWeights, (Dataset Dataset, Inspection Inspection) data, DecodedCache decoded)
    {
        (StartingWeights, Dataset, Inspection, _decoded) = (startingWeights, data.Dataset, data.Inspection, decoded);
        network.to(Devices.Parse(recipe.Device));
        _phases = Phase.Of(recipe, network);
        StochasticLayers.Of(recipe, _phases).Install(network);
        var vector = new ParameterVector(network);
        CheckPhases(recipe, vector);
        (Parts, Sources) = Make(recipe, folder, _phases[0], network, vector);
        Measured = NumericsChoice.Choose(Parts);
        var numerics = network.Numerics;
        Parts = Parts with { Recipe = recipe with { Precision = numerics.PrecisionName, Layout = numerics.LayoutName } };
    }

    /// <summary>What the loop works with in the phase of the moment: the first, until another is opened.</summary>
    public TrainerParts Parts { get; private set; }

    /// <summary>The images in use.</summary>
    public Dataset Dataset { get; }

    /// <summary>What was found in the folder.</summary>
    public Inspection Inspection { get; }

    /// <summary>The file of the starting weights, or null from scratch.</summary>
    public string? StartingWeights { get; }

    /// <summary>Where the recipe left precision or layout open: what a step took in each, in seconds; else empty.</summary>
    public IReadOnlyList<(Numerics Numerics, double Seconds)> Measured { get; }

    /// <summary>Where batches come from.</summary>
    public Sources Sources { get; private set; }

    /// <summary>Prepares a run. Nothing is written.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="progress">Told of the images screened.</param>
    /// <param name="cancellation">Ends the screening early.</param>
    /// <exception cref="FineTuneException">The data, the weights or the recipe cannot be used.</exception>
    public static Experiment Prepare(Recipe recipe, RunFolder folder, IProgress<InspectProgress>? progress = null, CancellationToken cancellation = default)
    {
        recipe.Validate();
        recipe = recipe.WithRates();
        TorchEngine.Start(recipe.Threads);
        var decoded = new DecodedCache(limits: ImageLimits.OfPixels(recipe.MaxPixels));
        var data = Screen(recipe, decoded, progress, cancellation);
        var network = Build(recipe, data.Dataset.Classes, out var weights);
        try
        {
            return new Experiment(recipe, folder, network, weights, data, decoded);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Moves on to another phase: the line is drawn anew, and <see cref="Parts"/> are those of the phase.</summary>
    /// <param name="phase">From 0.</param>
    /// <exception cref="FineTuneException">The recipe has no such phase, or its rule or course cannot be made.</exception>
    public TrainerParts Open(int phase)
    {
        if (phase < 0 || phase >= _phases.Count)
            throw new FineTuneException($"The recipe has no phase {phase + 1}; the checkpoint is of another recipe.");
        Sources.Dispose();
        Parts.Optimizer.Dispose();
        (Parts, Sources) = Make(Parts.Recipe, Parts.Folder, _phases[phase], Parts.Network, Parts.Vector);
        return Parts;
    }

    /// <summary>Makes every phase's rule and course once: what cannot be is said before anything is trained.</summary>
    private void CheckPhases(Recipe recipe, ParameterVector vector)
    {
        var run = RunOf(recipe, Sources.Learning(recipe, Dataset.Split(SplitName.Train), _phases[0].Line.Network, _decoded).BatchesPerEpoch);
        foreach (var phase in _phases)
        {
            vector.Unfreeze(phase.Line.Stage, phase.Line.Frozen);
            RuleOf(recipe, phase, vector, run).Dispose();
            _ = phase.SnapshotSteps(recipe, CourseOf(phase, run), run.StepsPerEpoch);
        }
    }

    private static Horizon RunOf(Recipe recipe, long perEpoch) => new(perEpoch * recipe.Epochs, perEpoch, recipe.Batch);

    private static Optimizer RuleOf(Recipe recipe, Phase phase, ParameterVector vector, Horizon run) =>
        Optimizers.Create(phase.Optimizer, vector, phase.Line.Network.Stages.Count - 1, phase.Within(run), recipe.Regularize.MaxNorm);

    private static Course CourseOf(Phase phase, Horizon run) => ScheduleTable.Create(phase.Schedule, phase.OwnSchedule ? phase.Within(run) : run);

    /// <summary>The parts of a phase, at the weights of the moment.</summary>
    private (TrainerParts Parts, Sources Sources) Make(Recipe recipe, RunFolder folder, Phase phase, Network network, ParameterVector vector)
    {
        vector.Unfreeze(phase.Line.Stage, phase.Line.Frozen);
        var sources = Sources.Create(recipe, Dataset, Inspection, phase, _decoded);
        var training = sources.Training;
        var run = RunOf(recipe, training.BatchesPerEpoch);
        var parts = new TrainerParts
        {
            Recipe = recipe,
            Phase = phase,
            Network = network,
            Vector = vector,
            Optimizer = RuleOf(recipe, phase, vector, run),
            Schedule = CourseOf(phase, run),
            Loss = LossTable.Create(recipe.Loss, recipe.LabelSmoothing, training.Samples, Dataset.Classes),
            Training = training,
            Validation = sources.Validation,
            Classes = Dataset.Classes,
            Folder = folder,
        };
        return (parts, sources);
    }

    /// <summary>The dataset of a recipe, without what cannot be read.</summary>
    public static (Dataset Dataset, Inspection Inspection) Screen(Recipe recipe, DecodedCache cache, IProgress<InspectProgress>? progress = null, CancellationToken cancellation = default)
    {
        var all = ImageFolder.Open(recipe.Data, new FolderOptions { Seed = recipe.Seed, ValFraction = recipe.ValFraction });
        _ = all.Split(SplitName.Train);
        var inspection = Inspector.Inspect(all, new InspectOptions { Cache = cache }, progress, cancellation);
        return (inspection.Screen(all, recipe.OnBadFile), inspection);
    }

    /// <summary>The split that training watches: val, or the only other one there is.</summary>
    public static string WatchedSplit(Dataset dataset) => dataset.Splits.ContainsKey(SplitName.Validation) ? SplitName.Validation : SplitName.Test;

    /// <inheritdoc/>
    public void Dispose()
    {
        Sources.Dispose();
        Parts.Optimizer.Dispose();
        Parts.Vector.Dispose();
        Parts.Network.Dispose();
    }

    private static Network Build(Recipe recipe, IReadOnlyList<string> classes, out string? file)
    {
        file = null;
        var filled = false;
        var form = HeadForm.Parse(recipe.Head.Form, recipe.Head.Hidden);
        var read = recipe.Weights is null ? null : LoadedModel.Read(recipe.Model, recipe.Weights);
        var network = Zoo.Create(recipe.Model, classes.Count, recipe.Seed);
        form.Install(network);
        if (read is not null)
        {
            file = read.Source;
            network.Preprocessing = read.Input ?? network.Preprocessing;
            var sameHead = read.Head == form && read.State.Classes is { } trained && trained.SequenceEqual(classes);
            filled = WeightLoader.LoadBody(network, sameHead ? read.State : WithoutHead(read.State, network), read.Source);
        }

        if (!filled)
            HeadInit.Apply(network, recipe.Head.Init, recipe.Seed);
        var p = network.Preprocessing;
        network.Preprocessing = p with
        {
            InputSize = recipe.Input.Size ?? p.InputSize,
            ResizeTo = recipe.Input.Resize switch { null => p.ResizeTo, 0 => null, var r => r },
        };
        return network;
    }

    /// <summary>A head for other classes is of no use, even where their number agrees.</summary>
    private static StateDict WithoutHead(StateDict state, Network network)
    {
        var body = new StateDict();
        foreach (var (name, values) in state.Where(t => !network.Head.Owns(t.Key)))
            body.Add(name, values);
        return body;
    }
}
