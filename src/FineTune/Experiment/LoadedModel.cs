using FineTune.Models;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Weights;

namespace FineTune.Experiment;

/// <summary>A network with weights, ready to predict.</summary>
/// <param name="Network">Filled, in inference mode.</param>
/// <param name="Classes">Names of its outputs, where the weights have them; else null.</param>
/// <param name="Source">Where the weights are from.</param>
public sealed record LoadedModel(Network Network, IReadOnlyList<string>? Classes, string Source) : IDisposable
{
    /// <summary>Opens weights for prediction.</summary>
    /// <param name="model">A name of the zoo; null where the weights say.</param>
    /// <param name="weights">A file, or a name of the catalog.</param>
    /// <exception cref="FineTuneException">They cannot be read, or are of another architecture.</exception>
    public static LoadedModel Open(string? model, string weights)
    {
        var (state, name, source, input, layers) = Read(model, weights);
        var network = Zoo.Create(name, HeadOutputs(name, state, source));
        WeightLoader.Load(network, state, source);
        network.Preprocessing = input ?? network.Preprocessing;
        layers?.Install(network);
        network.eval();
        return new LoadedModel(network, state.Classes, source);
    }

    /// <summary>The tensors of weights, without what a checkpoint keeps beside them, and what is known of them.</summary>
    internal static (StateDict State, string Model, string Source, Preprocessing? Input, StochasticLayers? Layers) Read(string? model, string weights)
    {
        if (model is not null)
            _ = Zoo.Find(model);
        var source = Catalog.Find(model, weights);
        var read = source.Read();
        var name = model ?? source.Card?.Model ?? Checkpoint.Architecture(read)
            ?? throw new FineTuneException($"'{weights}' does not say which model it is of; give --model.");
        var input = source.Card is { } card
            ? new Preprocessing(card.InputSize, card.Resize == 0 ? null : card.Resize, [.. card.Mean.Select(m => (float)m)], [.. card.Std.Select(s => (float)s)])
            : Checkpoint.Input(read);
        return (Checkpoint.WithoutState(read), name, source.Path, input, StochasticLayers.Read(read));
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    /// <summary>How many classes the weights' head tells apart: the rows of their last matrix.</summary>
    private static int HeadOutputs(string model, StateDict state, string source)
    {
        using var probe = Zoo.Create(model, 2);
        var head = probe.Head.NamedParameters().Last(p => p.Parameter.dim() == 2).Name;
        if (state.TryGetValue(head, out var matrix) && matrix.Shape is [var rows and >= 1 and <= 1_000_000, _])
            return (int)rows;
        throw new WeightMismatchException(source, model, KeyMatch.Compare(probe.state_dict().Select(t => KeyValuePair.Create(t.Key, t.Value.shape)), state));
    }
}
