using FineTune.Models;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using FineTune.Weights;

namespace FineTune.Experiment;

/// <summary>A network that a run begins with, or goes on with.</summary>
/// <param name="Network">Filled.</param>
/// <param name="Weights">Where its weights are from; null: from scratch, or a checkpoint.</param>
/// <param name="NewHead">Whether its head is a new one.</param>
internal sealed record StartingNetwork(Network Network, string? Weights, bool NewHead)
{
    /// <summary>What was left out of the weights, chosen or renamed.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A network with a checkpoint's weights: what lies below the freeze line is folded from them.</summary>
    public static StartingNetwork Bare(Recipe recipe, IReadOnlyList<string> classes, SavedState saved)
    {
        var network = Zoo.Create(recipe.Model, classes.Count, recipe.Seed, saved.Input?.InputSize);
        HeadForm.Parse(recipe.Head.Form, recipe.Head.Hidden).Install(network);
        network.Preprocessing = saved.Input ?? network.Preprocessing;
        WeightLoader.Fill(network, Checkpoint.WithoutState(saved.File), saved.Path);
        return new StartingNetwork(network, null, NewHead: false);
    }

    /// <summary>A network with a recipe's starting weights, as far as they fit, and a head for its classes.</summary>
    public static StartingNetwork Build(Recipe recipe, IReadOnlyList<string> classes)
    {
        var filled = false;
        var form = HeadForm.Parse(recipe.Head.Form, recipe.Head.Hidden);
        var read = recipe.Weights is null ? null : LoadedModel.Read(recipe.Model, recipe.Weights);
        var network = Zoo.Create(recipe.Model, classes.Count, recipe.Seed, recipe.Input.Size ?? read?.Input?.InputSize);
        read = read?.Fitted(network);
        form.Install(network);
        if (read is not null)
        {
            network.Preprocessing = read.Input ?? network.Preprocessing;
            var sameHead = read.Head == form && read.State.Classes is { } trained && trained.SequenceEqual(classes);
            filled = WeightLoader.FillBody(network, sameHead ? read.State : WithoutHead(read.State, network), read.Source);
        }

        if (!filled)
            HeadInit.Apply(network, recipe.Head.Init, recipe.Seed);
        var p = network.Preprocessing;
        network.Preprocessing = p with
        {
            InputSize = recipe.Input.Size ?? p.InputSize,
            ResizeTo = recipe.Input.Resize switch { null => p.ResizeTo, 0 => null, var r => r },
        };
        return new StartingNetwork(network, read?.Source, !filled) { Notes = [.. read?.State.Notes ?? []] };
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
