using FineTune.Data;
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
    private Experiment(TrainerParts parts, Dataset dataset, Inspection inspection, string? startingWeights, Sources sources)
    {
        (Parts, Dataset, Inspection, StartingWeights, Sources) = (parts, dataset, inspection, startingWeights, sources);
    }

    /// <summary>What the loop works with.</summary>
    public TrainerParts Parts { get; }

    /// <summary>The images in use.</summary>
    public Dataset Dataset { get; }

    /// <summary>What was found in the folder.</summary>
    public Inspection Inspection { get; }

    /// <summary>The file of the starting weights, or null from scratch.</summary>
    public string? StartingWeights { get; }

    /// <summary>Where batches come from.</summary>
    public Sources Sources { get; }

    /// <summary>Prepares a run. Nothing is written.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="progress">Told of the images screened.</param>
    /// <param name="cancellation">Ends the screening early.</param>
    /// <exception cref="FineTuneException">The data, the weights or the recipe cannot be used.</exception>
    public static Experiment Prepare(Recipe recipe, RunFolder folder, IProgress<InspectProgress>? progress = null, CancellationToken cancellation = default)
    {
        recipe.Validate();
        Compute.Start(recipe.Threads);
        var cache = new DecodedCache();
        var (dataset, inspection) = Screen(recipe, cache, progress, cancellation);
        var network = Build(recipe, dataset.Classes, out var weights);
        try
        {
            network.to(Devices.Parse(recipe.Device));
            StochasticLayers.Of(recipe).Install(network);
            var line = FreezeLine.Parse(network, recipe.Trainable, recipe.BatchNorm);
            var vector = new ParameterVector(network);
            vector.Unfreeze(line.Stage);
            var sources = Sources.Create(recipe, dataset, line, cache);
            var training = sources.Training;
            var horizon = new Horizon((long)training.BatchesPerEpoch * recipe.Epochs, training.BatchesPerEpoch, recipe.Batch);
            var parts = new TrainerParts
            {
                Recipe = recipe,
                Network = network,
                Line = line,
                Vector = vector,
                Optimizer = Optimizers.Create(recipe.Optimizer, vector, network.Stages.Count - 1, horizon, recipe.Regularize.MaxNorm),
                Schedule = ScheduleTable.Create(recipe.EffectiveSchedule, horizon),
                Loss = LossTable.Create(recipe.Loss, recipe.LabelSmoothing, training.Samples, dataset.Classes),
                Training = training,
                Validation = sources.Validation,
                Classes = dataset.Classes,
                Folder = folder,
            };
            var numerics = NumericsChoice.Choose(parts);
            parts = parts with { Recipe = recipe with { Precision = numerics.PrecisionName, Layout = numerics.LayoutName } };
            return new Experiment(parts, dataset, inspection, weights, sources);
        }
        catch
        {
            network.Dispose();
            throw;
        }
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
        Network network;
        if (recipe.Weights is null)
        {
            network = Zoo.Create(recipe.Model, classes.Count, recipe.Seed);
        }
        else
        {
            var (state, _, source, input, _) = LoadedModel.Read(recipe.Model, recipe.Weights);
            file = source;
            network = Zoo.Create(recipe.Model, classes.Count, recipe.Seed);
            network.Preprocessing = input ?? network.Preprocessing;
            var sameClasses = state.Classes is { } trained && trained.SequenceEqual(classes);
            filled = WeightLoader.LoadBody(network, sameClasses ? state : WithoutHead(state, network), recipe.Weights);
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
        var head = network.Head.NamedParameters().Select(p => p.Name).ToHashSet();
        var body = new StateDict();
        foreach (var (name, values) in state.Where(t => !head.Contains(t.Key)))
            body.Add(name, values);
        return body;
    }
}
