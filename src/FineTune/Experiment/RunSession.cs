using FineTune.Data;
using FineTune.Engine;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Experiment.Ensembles;
using FineTune.Images;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>A finished or stopped run, opened to be measured and used.</summary>
public sealed class RunSession : IResultSession
{
    private readonly List<string> _notes = [];
    private readonly RunSplits _splits;
    private readonly string? _data;

    /// <summary>Opens a run.</summary>
    /// <param name="folder">Where it is kept.</param>
    /// <param name="precision">What to multiply in, in place of what the run did; null: as it did.</param>
    /// <param name="layout">How images lie in memory; null: as they did.</param>
    /// <param name="data">Where its images are; null: where they were, or beside the run if both have moved.</param>
    /// <param name="weights">best or last, in place of the recipe's result_weights; null: as the recipe says.</param>
    /// <param name="maxPixels">Pixels that an image may have at most; null: the recipe's.</param>
    /// <exception cref="FineTuneException">The folder holds none.</exception>
    public RunSession(
        string folder,
        string? precision = null,
        string? layout = null,
        string? data = null,
        string? weights = null,
        long? maxPixels = null)
    {
        Folder = new RunFolder(folder).Existing();
        var recipe = RecipeFile.Read(Folder.Recipe);
        Recipe = recipe with
        {
            Precision = precision ?? recipe.Precision,
            Layout = layout ?? recipe.Layout,
            ResultWeights = weights ?? recipe.ResultWeights,
        };
        Recipe.Validate();
        var images = RunImages.Read(Folder) ?? throw new FineTuneException(
            $"'{folder}' has no images.json, the list of its images: it was stopped before it began to train, or made by an earlier "
            + $"version; measure the weights of such a run by `finetune eval --data FOLDER --weights {ShellWord.Quote(Folder.Path)}`.");
        _data = data;
        _splits = new RunSplits(Folder, images, data, new DecodedCache(limits: ImageLimits.OfPixels(maxPixels ?? Recipe.MaxPixels)));
        TorchEngine.Start(Recipe.Threads);
    }

    /// <summary>Where it is kept.</summary>
    public RunFolder Folder { get; }

    /// <summary>What an image may ask for.</summary>
    public ImageLimits Limits => _splits.Decoded.Limits;

    /// <summary>Its recipe, resolved.</summary>
    public Recipe Recipe { get; }

    /// <summary>What is to be known of what was opened so far, a sentence each: images that came, went or changed, for one.</summary>
    public IReadOnlyList<string> Notes => [.. _notes, .. _splits.Notes];

    /// <inheritdoc/>
    public bool RecordsTests
    {
        get => _splits.RecordsTests;
        init => _splits.RecordsTests = value;
    }

    /// <summary>Its images.</summary>
    internal RunSplits Splits => _splits;

    /// <inheritdoc/>
    public RunImages Images => _splits.Images;

    /// <inheritdoc/>
    public IReadOnlySet<string> TrainedOn => Images.Hashes(SplitName.Train);

    /// <inheritdoc/>
    string IResultSession.Weights => Recipe.ResultWeights;

    /// <summary>The weights that are its result: those that were best on validation, or the last, as the recipe says.</summary>
    /// <exception cref="FineTuneException">There are none yet.</exception>
    public string ResultWeights => ResultOf(Folder, Recipe);

    /// <summary>The model that is its result; it computes as the run did.</summary>
    public LoadedModel OpenResult()
    {
        _notes.AddRange(NotesOf(Folder, Recipe).Except(_notes));
        return Opened(ResultWeights);
    }

    /// <summary>What is to be known of the weights that are a run's result, a sentence each.</summary>
    /// <exception cref="FineTuneException">There are none yet.</exception>
    internal static IEnumerable<string> NotesOf(RunFolder folder, Recipe recipe)
    {
        var file = ResultOf(folder, recipe);
        var epochs = MetricsFile.Lines(folder).Count(l => (int)l["epoch"]! > 0);
        if (!File.Exists(folder.Best) && epochs == 0)
        {
            yield return $"No epoch of the run '{folder.Path}' has ended: its weights are those of the last checkpoint, "
                + "within the first epoch.";
        }
        else
        {
            if (recipe.ResultWeights != "last" && !File.Exists(folder.Best))
                yield return $"'{folder.Best}' is missing: the weights are those of the last checkpoint, not of the best epoch.";
            if (!Manifest.IsFinished(folder))
            {
                yield return $"The run '{folder.Path}' has not come to its end ({epochs} of {recipe.Epochs} epochs); "
                    + "--resume goes on with it.";
            }
        }

        if (file == folder.Previous)
            yield return $"'{folder.Last}' is missing: the weights are those of the checkpoint before it.";
    }

    /// <summary>The weights that are a run's result.</summary>
    /// <exception cref="FineTuneException">There are none yet.</exception>
    public static string ResultOf(RunFolder folder, Recipe recipe)
    {
        string[] files = recipe.ResultWeights == "last" ? [folder.Last, folder.Previous] : [folder.Best, folder.Last, folder.Previous];
        return files.FirstOrDefault(File.Exists) ?? throw new FineTuneException($"'{folder.Path}' has no checkpoint yet.");
    }

    /// <summary>What trains in each of its phases, by the recipe and the weights alone.</summary>
    public IReadOnlyList<(Phase Phase, IReadOnlyList<AuditRow> Rows)> Audit()
    {
        using var model = OpenResult();
        return Audit(Recipe, model.Network);
    }

    /// <summary>What trains in each phase of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="network">Its network, whose parameters become views of a vector and are not to train any more.</param>
    internal static IReadOnlyList<(Phase Phase, IReadOnlyList<AuditRow> Rows)> Audit(Recipe recipe, Models.Network network)
    {
        using var vector = new ParameterVector(network);
        var rows = new List<(Phase, IReadOnlyList<AuditRow>)>();
        foreach (var phase in Phase.Of(recipe, network))
        {
            vector.Unfreeze(phase.Line.Stage, phase.Line.Frozen);
            rows.Add((phase, FreezeAudit.Table(phase, vector, Optimizers.Groups(phase.Optimizer, vector, network.Stages.Count - 1))));
        }

        return rows;
    }

    /// <summary>The images of a split, as the run has it: those that are where they were and as they were.</summary>
    /// <param name="split">train, val, test or all; null: the one that training watched.</param>
    /// <exception cref="FineTuneException">The run has no such split, or none of its images is there.</exception>
    public (string Split, IReadOnlyList<Sample> Samples) Samples(string? split = null) => _splits.Samples(split);

    /// <inheritdoc/>
    IClassifier IResultSession.OpenResult() => OpenResult();

    /// <inheritdoc/>
    public InferenceOptions Inference(string? views, int? passes) => new()
    {
        Views = TestViews.Parse(views ?? TestViews.One.Name),
        Draws = passes is { } k ? new MonteCarlo(k, Recipe.Seed) : null,
        Seed = Recipe.Seed,
    };

    /// <inheritdoc/>
    public IReadOnlyList<string> HashesOf(IReadOnlyList<Sample> samples) => _splits.HashesOf(samples);

    /// <inheritdoc/>
    public Predictions Predict(
        IClassifier model, IReadOnlyList<Sample> samples, InferenceOptions? options = null, IProgress<int>? progress = null) =>
        model.Predict(samples, _splits.Decoded, options, progress).Ordered(Images.Classes);

    /// <summary>The run's snapshots, alone and together, against the best single one, which is chosen on validation.</summary>
    /// <param name="selection">Which snapshots.</param>
    /// <param name="split">Where scores are taken; null: the validation images.</param>
    /// <exception cref="FineTuneException">It has none, or fewer than are asked for.</exception>
    public EnsembleReport Ensemble(MemberSelection selection, string? split = null)
    {
        using var session =
            new EnsembleSession(new EnsembleRequest { Runs = [Folder.Path], Snapshots = true, Selection = selection, Data = _data });
        var report = session.Evaluate(split);
        _notes.AddRange(session.Notes.Except(Notes));
        return report;
    }

    /// <summary>The run's snapshots as models, to be freed by the caller.</summary>
    /// <param name="selection">Which; the best are chosen on validation.</param>
    /// <exception cref="FineTuneException">It has none, or fewer than are asked for.</exception>
    public IReadOnlyList<LoadedModel> OpenMembers(MemberSelection selection) => Folder.Snapshots.Count == 0
        ? throw EnsembleSession.NoSnapshots(this)
        : [.. selection.Of(Folder.Snapshots, OnValidation).Select(Opened)];

    private double OnValidation(string weights)
    {
        using var model = Opened(weights);
        return MemberSelection.Rank(Score.Of(Predict(model, Samples().Samples)));
    }

    internal LoadedModel Opened(string weights)
    {
        var model = LoadedModel.Open(Recipe.Model, weights);
        if (model.Classes is null)
        {
            model.Dispose();
            throw new Weights.WeightException(weights, "it names no classes, as the weights of a run do");
        }

        model.Network.Numerics = Numerics.Open(Recipe.Precision, Recipe.Layout, model.Network)[0]; // a run's recipe leaves nothing open
        return model;
    }
}
