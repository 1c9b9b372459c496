using FineTune.Data;
using FineTune.Engine;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>A finished or stopped run, opened to be measured and used.</summary>
public sealed class RunSession
{
    private readonly DecodedCache _cache;

    /// <summary>Opens a run.</summary>
    /// <param name="folder">Where it is kept.</param>
    /// <param name="precision">What to multiply in, in place of what the run did; null: as it did.</param>
    /// <param name="layout">How images lie in memory; null: as they did.</param>
    /// <param name="maxPixels">Pixels that an image may have at most; null: the recipe's.</param>
    /// <exception cref="FineTuneException">The folder holds none.</exception>
    public RunSession(string folder, string? precision = null, string? layout = null, long? maxPixels = null)
    {
        Folder = new RunFolder(folder).Existing();
        Recipe = RecipeFile.Read(Folder.Recipe);
        Recipe = Recipe with { Precision = precision ?? Recipe.Precision, Layout = layout ?? Recipe.Layout };
        _cache = new DecodedCache(limits: ImageLimits.OfPixels(maxPixels ?? Recipe.MaxPixels));
        TorchEngine.Start(Recipe.Threads);
    }

    /// <summary>Where it is kept.</summary>
    public RunFolder Folder { get; }

    /// <summary>What an image may ask for.</summary>
    public ImageLimits Limits => _cache.Limits;

    /// <summary>Its recipe, resolved.</summary>
    public Recipe Recipe { get; }

    /// <summary>The weights to use: those that were best on validation, else the last.</summary>
    /// <exception cref="FineTuneException">There are none yet.</exception>
    public string BestWeights => new[] { Folder.Best, Folder.Last, Folder.Previous }.FirstOrDefault(File.Exists)
        ?? throw new FineTuneException($"'{Folder.Path}' has no checkpoint yet.");

    /// <summary>Its best model, which computes as the run did.</summary>
    public LoadedModel OpenBest() => Opened(BestWeights);

    /// <summary>What trains in each of its phases, by the recipe and the weights alone.</summary>
    public IReadOnlyList<(Phase Phase, IReadOnlyList<AuditRow> Rows)> Audit()
    {
        using var model = OpenBest();
        using var vector = new ParameterVector(model.Network);
        var rows = new List<(Phase, IReadOnlyList<AuditRow>)>();
        foreach (var phase in Phase.Of(Recipe, model.Network))
        {
            vector.Unfreeze(phase.Line.Stage, phase.Line.Frozen);
            rows.Add((phase, FreezeAudit.Table(phase, vector, Optimizers.Groups(phase.Optimizer, vector, model.Network.Stages.Count - 1))));
        }

        return rows;
    }

    /// <summary>The images of a split, as the run saw them.</summary>
    /// <param name="split">train, val or test; null: the one that training watched.</param>
    /// <param name="classes">Class names in the order of the model's outputs.</param>
    public (string Split, IReadOnlyList<Sample> Samples) Samples(string? split, IReadOnlyList<string> classes)
    {
        var dataset = ImageFolder.Open(Recipe.Data, new FolderOptions { Seed = Recipe.Seed, ValFraction = Recipe.ValFraction, Classes = classes });
        dataset = Inspector.Inspect(dataset, new InspectOptions { Cache = _cache }).Screen(dataset, Recipe.OnBadFile);
        split ??= Experiment.WatchedSplit(dataset);
        return (split, dataset.Split(split));
    }

    /// <summary>What a model of this run says about samples, computed as in training.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The images.</param>
    /// <param name="progress">Told the images done.</param>
    /// <param name="passes">Draws of the stochastic layers, by the recipe's seed, that are averaged; null: they are marginalised.</param>
    public Predictions Predict(LoadedModel model, IReadOnlyList<Sample> samples, IProgress<int>? progress = null, int? passes = null) =>
        Predictor.Predict(model.Network, Sources.Watching(Recipe, samples, model.Network, _cache), model.Classes!, progress, draws: passes is { } k ? new MonteCarlo(k, Recipe.Seed) : null);

    /// <summary>The run's snapshots, alone and together, against the best single one, which is chosen on validation.</summary>
    /// <param name="selection">Which snapshots.</param>
    /// <param name="split">Where scores are taken; null: the validation images.</param>
    /// <param name="progress">Told (done, members) after each member.</param>
    public EnsembleReport Ensemble(MemberSelection selection, string? split, IProgress<(int Done, int Total)>? progress = null)
    {
        var files = Folder.Snapshots;
        var members = new List<Member>();
        (string Split, IReadOnlyList<Sample> Samples)? choosing = null, measuring = null;
        foreach (var file in files)
        {
            using var model = Opened(file);
            var chosenOn = choosing ??= Samples(null, model.Classes!);
            var measuredOn = measuring ??= split is null ? chosenOn : Samples(split, model.Classes!);
            var onValidation = Predict(model, chosenOn.Samples);
            members.Add(new Member(Path.GetFileNameWithoutExtension(file), onValidation, measuredOn.Split == chosenOn.Split ? onValidation : Predict(model, measuredOn.Samples)));
            progress?.Report((members.Count, files.Count));
        }

        return SnapshotEnsemble.Evaluate(members, selection, measuring?.Split ?? SplitName.Validation, choosing?.Split ?? SplitName.Validation);
    }

    private LoadedModel Opened(string weights)
    {
        var model = LoadedModel.Open(Recipe.Model, weights);
        if (model.Classes is null)
        {
            model.Dispose();
            throw new Weights.WeightException(weights, "it names no classes, as the weights of a run do");
        }

        model.Network.Numerics = Numerics.Open(Recipe.Precision, Recipe.Layout)[0]; // a run's recipe leaves nothing open
        return model;
    }
}
