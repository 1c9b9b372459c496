using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using FineTune.Weights;

namespace FineTune.Experiment;

/// <summary>A network with weights, ready to predict.</summary>
/// <param name="Network">Filled, in inference mode.</param>
/// <param name="Classes">Names of its outputs, where the weights have them; else null.</param>
/// <param name="Source">Where the weights are from.</param>
public sealed record LoadedModel(Network Network, IReadOnlyList<string>? Classes, string Source) : IClassifier
{
    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; } =
        Classes ?? [.. Enumerable.Range(0, (int)Network.Classes).Select(k => FormattableString.Invariant($"class{k}"))];

    /// <summary>What was left out of the weights, chosen or renamed, a sentence each. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Opens weights for prediction.</summary>
    /// <param name="model">A name of the zoo; null where the weights say.</param>
    /// <param name="weights">A file (FILE#ENTRY for one of its entries), a run's folder, or a name of the catalog.</param>
    /// <exception cref="FineTuneException">They cannot be read, or are of another architecture.</exception>
    public static LoadedModel Open(string? model, string weights)
    {
        var (read, outputs) = Measured(Read(model, weights));
        var network = Zoo.Create(read.Model, outputs, size: read.Input?.InputSize);
        try
        {
            read.Head.Install(network);
            WeightLoader.Fill(network, read.State, read.Source);
            network.Preprocessing = read.Input ?? network.Preprocessing;
            read.Layers?.Install(network);
            network.eval();
            return new LoadedModel(network, read.State.Classes, read.Source) { Notes = [.. read.State.Notes] };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The tensors of weights, without what a checkpoint keeps beside them, and what is known of them.</summary>
    internal static WeightsOfModel Read(string? model, string weights)
    {
        if (model is not null)
            _ = Zoo.Find(model);
        if (weights.Length == 0)
            throw new FineTuneException("The weights are ''; a file, a run's folder, or a name of `finetune list weights`, is allowed.");
        var source = Catalog.Find(model, File(weights));
        var read = source.Read();
        foreach (var note in RunOf(weights) is { } run ? RunSession.NotesOf(run, RecipeFile.Read(run.Recipe)) : [])
            read.Notes.Add(note);
        if (Checkpoint.Architecture(read) is not null)
            Checkpoint.CheckSeal(read, source.Path);
        if (read.ProblemOfClasses() is { } problem)
            throw new WeightException(source.Path, problem);
        var name = model ?? source.Card?.Model ?? Checkpoint.Architecture(read)
            ?? throw new FineTuneException($"'{weights}' does not say which model it is of; give --model.");
        return Described(read, name, source);
    }

    /// <summary>Weights with what their card or metadata says of the network that they are for.</summary>
    private static WeightsOfModel Described(StateDict read, string name, WeightSource source)
    {
        try
        {
            var input = source.Card is { } card
                ? InputOf(card)
                : Checkpoint.Input(read);
            var state = Checkpoint.WithoutState(read);
            return new WeightsOfModel(state, name, source.Path, input, HeadForm.Read(read), StochasticLayers.Read(read));
        }
        catch (FineTuneException e)
        {
            throw new WeightException(source.Path, Clause(e), e);
        }
    }

    private static Preprocessing InputOf(WeightCard card) =>
        new(card.InputSize, card.Resize == 0 ? null : card.Resize, [.. card.Mean.Select(m => (float)m)],
            [.. card.Std.Select(s => (float)s)])
        {
            Interpolation = card.Interpolation,
        };

    /// <summary>What is wrong with the metadata of weights, as clauses: what stops every verb that loads them.</summary>
    /// <param name="read">As they were read.</param>
    /// <param name="source">Where they are from.</param>
    internal static IReadOnlyList<string> ProblemsOfMetadata(StateDict read, WeightSource source)
    {
        Action[] checks =
        [
            () => Checkpoint.CheckSeal(read, source.Path),
            () => Checkpoint.Input(read),
            () => HeadForm.Read(read),
            () => StochasticLayers.Read(read),
        ];
        string[] problems = [.. new[] { read.ProblemOfClasses() }.Concat(checks.Select(ProblemOf)).OfType<string>()];
        if (problems.Length > 0 || Checkpoint.Architecture(read) is not { } name || ProblemOf(() => Zoo.Find(name)) is not null)
            return problems; // another tool's name of an architecture is no fault
        return ProblemOf(() => Measured(Described(read, name, source))) is { } problem ? [problem] : [];
    }

    private static string? ProblemOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (FineTuneException e)
        {
            return Clause(e);
        }
    }

    private static string Clause(FineTuneException e) => e is WeightException { Reason: var reason }
        ? reason
        : $"{char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}";

    /// <summary>The model that weights say they are of.</summary>
    /// <param name="weights">A file, a run's folder, or a name of the catalog.</param>
    /// <exception cref="FineTuneException">They cannot be read, or do not say.</exception>
    internal static string ModelOf(string weights) =>
        (weights.Length > 0 ? Catalog.Find(null, File(weights)).Card?.Model : null) ?? Read(null, weights).Model;

    /// <summary>The folder of a run stands for its result.</summary>
    private static string File(string weights) =>
        RunOf(weights) is { } run ? RunSession.ResultOf(run, RecipeFile.Read(run.Recipe)) : weights;

    /// <summary>The run whose folder is given as weights; null where they are a file or a name.</summary>
    internal static RunFolder? RunOf(string weights)
    {
        var folder = new RunFolder(weights);
        return System.IO.File.Exists(folder.Recipe) ? folder : null;
    }

    /// <summary>The run that a weights file, or a folder, is of; null: it is of none.</summary>
    internal static RunFolder? RunAround(string path)
    {
        if (RunOf(path) is { } itself)
            return itself;
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path)));
        return System.IO.File.Exists(path) && folder is not null ? RunOf(folder) : null;
    }

    /// <inheritdoc/>
    public Predictions Predict(
        IReadOnlyList<Sample> samples, DecodedCache decoded, InferenceOptions? options = null, IProgress<int>? progress = null) =>
        Predictor.Predict([Network], samples, decoded, ClassNames, options ?? InferenceOptions.Default, progress)[0];

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    /// <summary>Weights under their network's names, and how many classes their head tells apart: the rows of their last matrix.</summary>
    private static (WeightsOfModel Read, int Outputs) Measured(WeightsOfModel read)
    {
        using var probe = Zoo.Create(read.Model, 2, size: read.Input?.InputSize);
        read = read.Fitted(probe);
        read.Head.Install(probe);
        var (head, like) = probe.FinalWeights;
        if (!read.State.TryGetValue(head, out var matrix)
            || !matrix.Shape.Skip(1).SequenceEqual(like.shape[1..])
            || matrix.Shape[0] is not (>= 1 and <= 1_000_000))
        {
            throw new WeightMismatchException(read.Source, read.Model, KeyMatch.Compare(WeightsOfModel.Shapes(probe), read.State),
                ModelMatch.Of(read.State.Shapes));
        }
        var outputs = (int)matrix.Shape[0];
        if (read.State.Classes is { } names && names.Count != outputs)
        {
            throw new WeightException(
                read.Source, $"it names {names.Count} class{(names.Count == 1 ? string.Empty : "es")}, but its head has {outputs} outputs");
        }
        return (read, outputs);
    }
}

/// <summary>Weights on disk, and what they say of the network that they are for.</summary>
/// <param name="State">Its tensors.</param>
/// <param name="Model">A name of the zoo.</param>
/// <param name="Source">Where they are from.</param>
/// <param name="Input">What they want to see, if they say.</param>
/// <param name="Head">The form of their head.</param>
/// <param name="Layers">The layers that draw, if they tell of any.</param>
internal sealed record WeightsOfModel(
    StateDict State,
    string Model,
    string Source,
    Preprocessing? Input,
    HeadForm Head,
    StochasticLayers? Layers)
{
    /// <summary>A network's names and shapes.</summary>
    public static IEnumerable<KeyValuePair<string, long[]>> Shapes(Network network) =>
        network.state_dict().Select(t => KeyValuePair.Create(t.Key, t.Value.shape));

    /// <summary>The same under the network's names, whatever names and prefix they came under, and for the network's input.</summary>
    /// <param name="network">With the head that it was built with.</param>
    public WeightsOfModel Fitted(Network network) =>
        this with { State = InputAdaptation.Fit(network, KeyFit.Fit(Model, Shapes(network), network.Head.Owns, State)) };
}
