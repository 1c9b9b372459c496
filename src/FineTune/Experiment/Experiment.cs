using FineTune.Data;
using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Experiment.Auto;
using FineTune.Images;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Train.Losses;
using FineTune.Transfer.Heads;
using FineTune.Weights;
using TorchSharp;

namespace FineTune.Experiment;

/// <summary>A recipe made real: data screened, network built and filled, head swapped, line drawn, loop ready.</summary>
public sealed class Experiment : IDisposable
{
    private readonly DecodedCache _decoded;
    private readonly IReadOnlyList<Phase> _phases;
    private readonly SoftLabels? _softLabels;
    private readonly ICommunicator _ranks;

    /// <param name="recipe">What to do.</param>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="built">The network.</param>
    /// <param name="data">Screened, and what is known of the files.</param>
    /// <param name="decoded">Decoded images.</param>
    /// <param name="saved">The checkpoint that it goes on from.</param>
    /// <param name="softLabels">What its teacher said when it began; null: it is asked.</param>
    /// <param name="ranks">The processes that train together; null: this one.</param>
    private Experiment(
        Recipe recipe,
        RunFolder folder,
        StartingNetwork built,
        (Dataset Dataset, Inspection Inspection) data,
        DecodedCache decoded,
        SavedState? saved = null,
        string? softLabels = null,
        ICommunicator? ranks = null)
    {
        var network = built.Network;
        _ranks = ranks ?? OneProcess.Instance;
        (Saved, StartingWeights, Dataset, Inspection, _decoded) = (saved, built.Weights, data.Dataset, data.Inspection, decoded);
        StartingWeightsNotes = built.Notes;
        Notes = [.. built.Notes, .. data.Dataset.Notes, .. DataNotes.Of(recipe, data.Dataset, data.Inspection)];
        network.to(Devices.Parse(recipe.Device));
        network.Numerics = Numerics.Open(recipe.Precision, recipe.Layout, network)[0]; // what is fitted before a measurement
        _phases = Phase.Of(recipe, network);
        StochasticLayers.Of(recipe, _phases).Install(network);
        var vector = new ParameterVector(network);
        var training = Sources.Learning(recipe, Dataset.Split(SplitName.Train), network, _decoded);
        var perEpoch = training.BatchesPerEpoch * recipe.EpochRepeats;
        PhaseRules.Check(recipe, _phases, vector, perEpoch);
        Notes = [.. Notes, .. PhaseRules.WithoutCycles(recipe, _phases, PhaseRules.RunOf(recipe, perEpoch))];
        if (recipe.Head.Init == HeadInit.Exact && built.NewHead)
            ExactHead = HeadFit.Install(recipe, network, Dataset, _decoded);
        if (recipe.Distill.Teacher is not null)
        {
            SoftLabels = Teacher.Ask(recipe, softLabels, saved, Dataset, Inspection, _decoded);
            _softLabels = Teacher.Targets(SoftLabels, recipe.Distill);
        }

        (Parts, Sources) = Make(recipe, folder, _phases[0], network, vector);
        Measured = NumericsChoice.Choose(Parts);
        var numerics = network.Numerics;
        Parts = Parts with { Recipe = recipe with { Precision = numerics.PrecisionName, Layout = numerics.LayoutName } };
        if (recipe.BatchNormSync && _ranks.Size > 1)
            RankedStart.SynchroniseNorms(this, training);
        network.Metadata[SavedState.RecipeKey] = RecipeFile.Write(ResumeCheck.Portable(Parts.Recipe));
        if (SoftLabels is not null)
            network.Metadata[SavedState.SoftLabelsKey] = Checkpoint.SealOf(SoftLabels)!;
    }

    /// <summary>What is to be known of its weights and images, a sentence each. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; private set; }

    /// <summary>Whether it goes on with a run that has begun.</summary>
    public bool Resumes { get; private init; }

    /// <summary>The checkpoint that it goes on from; null where it begins.</summary>
    internal SavedState? Saved { get; }

    /// <summary>Parts that a batch is divided into, those of all ranks together.</summary>
    internal int MicroBatches => MicroBatchesOf(Parts.Recipe);

    /// <summary>What recipe auto decided; null for another recipe, and where the run goes on.</summary>
    public Plan? Plan { get; private init; }

    /// <summary>The head that was fitted to frozen features, where the recipe's head.init is exact and the run begins; else null.</summary>
    public ExactHead? ExactHead { get; }

    /// <summary>What the loop works with in the phase of the moment: the first, until another is opened.</summary>
    public TrainerParts Parts { get; private set; }

    /// <summary>The images in use.</summary>
    public Dataset Dataset { get; }

    /// <summary>What was found in the folder.</summary>
    public Inspection Inspection { get; }

    /// <summary>Images that were decoded.</summary>
    internal DecodedCache Decoded => _decoded;

    /// <summary>The file of the starting weights, or null from scratch.</summary>
    public string? StartingWeights { get; }

    /// <summary>What was left out of the starting weights, chosen or renamed, a sentence each.</summary>
    public IReadOnlyList<string> StartingWeightsNotes { get; }

    /// <summary>What a teacher says of the training images; null where the recipe names none.</summary>
    internal StateDict? SoftLabels { get; }

    /// <summary>Where the recipe left precision or layout open: what a step took in each, in seconds; else empty.</summary>
    public IReadOnlyList<(Numerics Numerics, double Seconds)> Measured { get; }

    /// <summary>Where batches come from.</summary>
    public Sources Sources { get; private set; }

    /// <summary>Prepares a run. Nothing is written.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="progress">Told of the images screened.</param>
    /// <param name="planning">Told what recipe auto decides, as it does.</param>
    /// <param name="ranks">The processes that train together, each of which prepares the same; null: this one.</param>
    /// <param name="cancellation">Ends the screening and the planning early.</param>
    /// <exception cref="FineTuneException">The data, the weights or the recipe cannot be used.</exception>
    public static Experiment Prepare(
        Recipe recipe,
        RunFolder folder,
        IProgress<InspectProgress>? progress = null,
        Action<PlanDecision>? planning = null,
        ICommunicator? ranks = null,
        CancellationToken cancellation = default) => RankedStart.Begin(
            ranks ?? OneProcess.Instance, recipe, (r, them) => PrepareHere(r, folder, progress, planning, them, cancellation));

    private static Experiment PrepareHere(
        Recipe recipe,
        RunFolder folder,
        IProgress<InspectProgress>? progress,
        Action<PlanDecision>? planning,
        ICommunicator ranks,
        CancellationToken cancellation)
    {
        recipe.Validate();
        TorchEngine.Start(recipe.Threads);
        var decoded = new DecodedCache(limits: ImageLimits.OfPixels(recipe.MaxPixels));
        var data = Screen(recipe, decoded, progress, cancellation);
        Plan? plan = null;
        if (recipe.Auto is not null)
            (recipe, plan) = new Planner(recipe, data.Dataset, data.Inspection, decoded, planning).Make(cancellation);
        recipe = recipe.WithRates();
        var built = StartingNetwork.Build(recipe, data.Dataset.Classes);
        try
        {
            var made = new Experiment(recipe, folder, built, data, decoded, ranks: ranks) { Plan = plan };
            if (built.NewHead && plan is null)
                made.Notes = [.. made.Notes, .. SlowHead.Notes(made.Parts, made._phases)];
            return made;
        }
        catch
        {
            built.Network.Dispose();
            throw;
        }
    }

    /// <summary>A run on images that were read before, to be tried out and thrown away.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="dataset">Screened.</param>
    /// <param name="inspection">What is known of the files.</param>
    /// <param name="decoded">Decoded images.</param>
    /// <param name="fitHead">Fits the head exactly where that is possible, whatever the recipe says.</param>
    internal static Experiment Of(Recipe recipe, Dataset dataset, Inspection inspection, DecodedCache decoded, bool fitHead = false)
    {
        recipe = recipe.WithRates();
        var built = StartingNetwork.Build(recipe, dataset.Classes);
        if (fitHead && built.NewHead && Transfer.Heads.ExactHead.Fits(built.Network))
            recipe = recipe with { Head = recipe.Head with { Init = HeadInit.Exact } };
        try
        {
            return new Experiment(recipe, new RunFolder(string.Empty), built, (dataset, inspection), decoded);
        }
        catch
        {
            built.Network.Dispose();
            throw;
        }
    }

    /// <summary>Prepares to train a run anew, on the images that it was trained on and with what its teacher said.</summary>
    /// <param name="recipe">The run's, resolved.</param>
    /// <param name="original">The run.</param>
    /// <param name="target">Where the new one is kept.</param>
    /// <param name="data">The run's images, all as they were.</param>
    /// <param name="decoded">Decoded images.</param>
    internal static Experiment Again(Recipe recipe, RunFolder original, RunFolder target, RunData data, DecodedCache decoded)
    {
        var built = StartingNetwork.Build(recipe, data.Dataset.Classes);
        try
        {
            var softLabels = recipe.Distill.Teacher is null ? null : original.SoftLabels;
            return new Experiment(recipe, target, built, (data.Dataset, data.Inspection), decoded, softLabels: softLabels);
        }
        catch
        {
            built.Network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Prepares to go on with a run, on the images that it began with. Its starting weights are not needed where it has a checkpoint.
    /// Nothing is written.
    /// </summary>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="settings">key=value: epochs lengthens the run, where its schedule allows that; others must decide no result.</param>
    /// <param name="data">Where its images are; null: where they were, or beside the run if both have moved.</param>
    /// <param name="progress">Told of the images screened.</param>
    /// <param name="ranks">The processes that train together; null: this one.</param>
    /// <param name="cancellation">Ends the screening early.</param>
    /// <exception cref="FineTuneException">There is no such run, its images are others by now, or its recipe was changed.</exception>
    public static Experiment Resume(
        RunFolder folder,
        IReadOnlyList<string>? settings = null,
        string? data = null,
        IProgress<InspectProgress>? progress = null,
        ICommunicator? ranks = null,
        CancellationToken cancellation = default)
    {
        var them = ranks ?? OneProcess.Instance;
        return RankedStart.Resume(them, () => ResumeHere(folder, settings, data, progress, them, cancellation));
    }

    private static Experiment ResumeHere(
        RunFolder folder,
        IReadOnlyList<string>? settings,
        string? data,
        IProgress<InspectProgress>? progress,
        ICommunicator ranks,
        CancellationToken cancellation)
    {
        if (!File.Exists(folder.Recipe))
        {
            throw new FineTuneException(
                $"There is no run in '{folder.Path}' to resume; one that was stopped before its training began is started again without "
                + "--resume.");
        }

        var recipe = RecipeFile.Read(folder.Recipe, settings).WithRates();
        var saved = SavedState.Newest(folder);
        var lengthens = settings?.Any(s => s.StartsWith("epochs=", StringComparison.Ordinal)) ?? false;
        var began = saved is null ? null : ResumeCheck.Began(folder, recipe, saved, lengthens);
        TorchEngine.Start(recipe.Threads);
        var (decoded, images) = (new DecodedCache(), RunImages.Read(folder));
        if (images is null && saved is not null)
        {
            throw new FineTuneException(
                $"'{folder.Images}' is missing, so which images the run trains on is not known; start another run, "
                + $"if need be from its weights (--weights {ShellWord.Quote(folder.Path)}).");
        }

        recipe = recipe with { Data = images?.Find(folder, data) ?? data ?? recipe.Data };
        var (screened, notes) = images is null
            ? (Screen(recipe, decoded, progress, cancellation), [])
            : SameImages(folder, images.Open(recipe.Data, images.Splits, decoded, progress, cancellation));
        var classes = screened.Dataset.Classes;
        var built = saved is null ? StartingNetwork.Build(recipe, classes) : StartingNetwork.Bare(recipe, classes, saved);
        try
        {
            // images.json is written after what the teacher says
            var asked = saved is not null || (images is not null && File.Exists(folder.SoftLabels));
            var experiment = new Experiment(recipe, folder, built, screened, decoded, saved, asked ? folder.SoftLabels : null, ranks)
            {
                Resumes = true,
                Plan = Manifest.PlanOf(folder),
            };
            var parts = experiment.Parts;
            if (began is not null)
            {
                notes =
                    [.. notes, .. ResumeCheck.Lengthened(began, parts.Recipe, built.Network, parts.Training.BatchesPerEpoch, saved!.State)];
            }
            experiment.Notes = [.. experiment.Notes, .. notes];
            return experiment;
        }
        catch
        {
            built.Network.Dispose();
            throw;
        }
    }

    /// <summary>Moves on to another phase: the line is drawn anew, and <see cref="Parts"/> are those of the phase.</summary>
    /// <param name="phase">From 0.</param>
    /// <exception cref="FineTuneException">The recipe has no such phase, or its optimizer or schedule cannot be made.</exception>
    public TrainerParts Open(int phase)
    {
        if (phase < 0 || phase >= _phases.Count)
            throw new FineTuneException($"The recipe has no phase {phase + 1}; the checkpoint is of another recipe.");
        Sources.Dispose();
        Parts.Optimizer.Dispose();
        (Parts, Sources) = Make(Parts.Recipe, Parts.Folder, _phases[phase], Parts.Network, Parts.Vector);
        return Parts;
    }

    /// <summary>What the best weights on disk say about the validation images.</summary>
    internal Predictions PredictBest()
    {
        using var model = LoadedModel.Open(Parts.Recipe.Model, Parts.Folder.Best);
        model.Network.Numerics = Parts.Network.Numerics;
        var validation = EvaluationLoader.Of(Parts.Validation.Samples, model.Network.Preprocessing, _decoded);
        return Predictor.Predict(model.Network, validation, Parts.Classes);
    }

    private int MicroBatchesOf(Recipe recipe) => Saved?.State.MicroBatches ?? recipe.Gradient.Accumulate;

    /// <summary>The parts of a phase, at the weights of the moment.</summary>
    private (TrainerParts Parts, Sources Sources) Make(
        Recipe recipe, RunFolder folder, Phase phase, Network network, ParameterVector vector)
    {
        vector.Unfreeze(phase.Line.Stage, phase.Line.Frozen);
        var sources = Sources.Create(recipe, Dataset, Inspection, phase, _decoded, _ranks, MicroBatchesOf(recipe));
        var training = sources.Training;
        var run = PhaseRules.RunOf(recipe, training.BatchesPerEpoch);
        var made = new TrainerParts
        {
            Recipe = recipe,
            Phase = phase,
            Network = network,
            Vector = vector,
            Optimizer = PhaseRules.RuleOf(recipe, phase, vector, run),
            Schedule = PhaseRules.CourseOf(phase, run),
            Loss = LossTable.Create(recipe.Loss, recipe.LabelSmoothing, training.Samples, Dataset.Classes),
            SoftLabels = _softLabels,
            Training = training,
            Validation = sources.Validation,
            Classes = Dataset.Classes,
            Folder = folder,
            Ranks = _ranks,
        };
        return (made, sources);
    }

    /// <summary>The dataset of a recipe, without what cannot be read.</summary>
    /// <exception cref="FineTuneException">
    /// The folder cannot be used, or has copies across splits or classes that are not allowed.
    /// </exception>
    public static (Dataset Dataset, Inspection Inspection) Screen(
        Recipe recipe, DecodedCache cache, IProgress<InspectProgress>? progress = null, CancellationToken cancellation = default)
    {
        var all = ImageFolder.Open(recipe.Data, recipe.Folder);
        _ = all.Split(SplitName.Train);
        var inspection = Inspector.Inspect(all, new InspectOptions { Cache = cache }, progress, cancellation);
        var screened = inspection.Screen(all, recipe.OnBadFile, recipe.AllowDuplicates);
        return (screened.Limited(recipe.Folder.PerClass, recipe.Folder.Seed), inspection);
    }

    /// <summary>A run's images, where those that it learns from and is measured on are as they were.</summary>
    private static ((Dataset Dataset, Inspection Inspection) Data, IReadOnlyList<string> Notes) SameImages(RunFolder folder, RunData data)
    {
        if (data.Lost.Count > 0)
        {
            throw new FineTuneException(
                $"The images in '{data.Dataset.Root}' are not those that the run in '{folder.Path}' began with: "
                + $"{string.Join(' ', data.Lost)} Put them back, or start another run.");
        }

        return ((data.Dataset, data.Inspection), data.Notes);
    }

    /// <summary>The split that training watches: val, or the only other one there is.</summary>
    public static string WatchedSplit(Dataset dataset) =>
        dataset.Splits.ContainsKey(SplitName.Validation) ? SplitName.Validation : SplitName.Test;

    /// <inheritdoc/>
    public void Dispose()
    {
        Sources.Dispose();
        _softLabels?.Dispose();
        Parts.Optimizer.Dispose();
        Parts.Vector.Dispose();
        Parts.Network.Dispose();
    }
}
