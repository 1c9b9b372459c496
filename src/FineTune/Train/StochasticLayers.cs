using System.Text.Json;
using FineTune.Models;
using FineTune.Regularize;
using FineTune.Train.Keys;
using FineTune.Transfer;
using FineTune.Weights;

namespace FineTune.Train;

/// <summary>
/// The layers of a network that draw in training. A weights file says what they were: some have a part in inference too, and
/// predictions by several draws need them all.
/// </summary>
/// <param name="Trainable">The first stage that trains, as a recipe's `trainable` names it: below that line nothing draws.</param>
/// <param name="Head">The dropout before the final layer.</param>
/// <param name="Regularize">The others.</param>
public sealed record StochasticLayers(string Trainable, HeadOptions Head, RegularizeOptions Regularize)
{
    private const string Key = "stochastic_layers";

    /// <summary>Those of a recipe: they are there from the start, and draw where their stage trains.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="phases">Its phases.</param>
    public static StochasticLayers Of(Recipe recipe, IReadOnlyList<Phase> phases) => new(phases
        .Select(p => p.Line.Network.Stages[FreezeLine.Parse(p.Line.Network, p.Trainable, freeze: recipe.Freeze).Stage].Name)
        .MinBy(phases[0].Line.Network.StageIndex)!, recipe.Head, recipe.Regularize);

    /// <summary>Those that a weights file tells of; null where it tells of none.</summary>
    public static StochasticLayers? Read(StateDict weights)
    {
        try
        {
            return weights.Metadata.TryGetValue(Key, out var json)
                ? JsonSerializer.Deserialize(json, CheckpointJson.Default.StochasticLayers)
                : null;
        }
        catch (JsonException) when (!weights.Metadata[Key].StartsWith('{'))
        {
            return null; // another tool's word for something else
        }
        catch (JsonException e)
        {
            throw new FineTuneException("The metadata of the weights has stochastic layers that cannot be read; the file is damaged.", e);
        }
    }

    /// <summary>Puts them into a network, and notes them for its weights files.</summary>
    /// <exception cref="FineTuneException">The network has no place for one, or an option is out of range.</exception>
    public void Install(Network network)
    {
        RecipeKeys.Check("regularize", new Recipe { Regularize = Regularize }); // a weights file may say anything
        Regularization.InstallHeadDropout(network, Head.Dropout, Head.DropoutForm);
        Regularization.Install(network, Regularize, FreezeLine.Parse(network, Trainable).Stage);
        if (StochasticLayer.In(network).Count > 0)
            network.Metadata[Key] = JsonSerializer.Serialize(this, CheckpointJson.Default.StochasticLayers);
    }
}
