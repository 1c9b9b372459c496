using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Regularize;
using FineTune.Transfer;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>Where a run stands, beside its tensors. Randomness needs no place here: it is a function of the step.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="BestTop1">The best validation accuracy so far, in 0..1; -1 before the first.</param>
/// <param name="BestNll">Its negative log-likelihood.</param>
/// <param name="BestEpoch">Its epoch, from 0; -1: none has ended, or none was better than the fitted head that the run began with.</param>
/// <param name="Phase">The phase, from 0, whose rule the checkpoint's state is of: where it is over, the next begins anew.</param>
/// <param name="Plateau">Where the schedule plateau stands; null for every other, and before its first epoch has ended.</param>
/// <param name="EarlyStop">Where early stopping stands; null without it, and before the first epoch has ended.</param>
/// <param name="MicroBatches">Parts that a batch is divided into since memory ran out; null: as the recipe says.</param>
/// <param name="Epoch">What the epoch that has begun has learned so far.</param>
public sealed record TrainState(
    long Step,
    double BestTop1,
    double BestNll,
    int BestEpoch,
    int Phase = 0,
    PlateauState? Plateau = null,
    EarlyStopState? EarlyStop = null,
    int? MicroBatches = null,
    EpochSoFar Epoch = default)
{
    /// <summary>Before the first step.</summary>
    public static TrainState Start { get; } = new(0, -1, double.PositiveInfinity, -1);
}

/// <summary>Sums over the training images that an epoch has shown so far.</summary>
/// <param name="Loss">Of the losses.</param>
/// <param name="Right">Images that were right.</param>
/// <param name="Images">Images.</param>
public readonly record struct EpochSoFar(double Loss, long Right, long Images)
{
    /// <summary>These and another batch.</summary>
    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="right">Images of it that were right.</param>
    /// <param name="images">Images of it.</param>
    public EpochSoFar With(double loss, long right, int images) => new(Loss + (loss * images), Right + right, Images + images);
}

/// <summary>
/// Safetensors files of a run. Each is a usable weights file under the network's own keys; one to resume from has the
/// rule's state too, under "optimizer.", and where the run stood in its metadata.
/// </summary>
public static class Checkpoint
{
    private const string OptimizerPrefix = "optimizer.";
    private const string StateKey = "train_state";
    private const string NumbersKey = "optimizer_numbers";
    private const string HashKey = "sha256"; // of all tensors and the rest of the metadata

    /// <summary>Writes the weights alone, with what is needed to use them: architecture, classes and input.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="classes">Names of its outputs; null: not known.</param>
    public static void SaveWeights(string path, Network network, IReadOnlyList<string>? classes)
    {
        var file = Weights(network, classes);
        Seal(file);
        SafetensorsWriter.Write(path, file);
    }

    /// <summary>Refuses a file of ours that does not have the bits that were written; one without a hash is another tool's.</summary>
    /// <exception cref="FineTuneException">It does not.</exception>
    internal static void CheckSeal(StateDict file, string path)
    {
        if (file.Metadata.TryGetValue(HashKey, out var hash) && hash != Hash(file))
            throw new FineTuneException($"'{path}' does not have the bits that were written; the file is damaged.");
    }

    /// <summary>Writes everything that a run needs to go on.</summary>
    public static void Save(string path, Network network, IReadOnlyList<string> classes, Optimizer optimizer, TrainState state)
    {
        var file = Weights(network, classes);
        foreach (var (name, vector) in optimizer.State)
        {
            using var here = vector.cpu();
            file.Add(OptimizerPrefix + name, TensorData.From(ParameterVector.Floats(here), here.numel()));
        }

        file.Metadata[NumbersKey] = JsonSerializer.Serialize(
            new Dictionary<string, double>(optimizer.Numbers), CheckpointJson.Default.DictionaryStringDouble);
        file.Metadata[StateKey] = JsonSerializer.Serialize(state, CheckpointJson.Default.TrainState);
        Seal(file);
        SafetensorsWriter.Write(path, file);
    }

    /// <summary>Puts the hash of a checkpoint's tensors and metadata beside them.</summary>
    internal static void Seal(StateDict file) => file.Metadata[HashKey] = Hash(file);

    /// <summary>That hash; null where a file has none.</summary>
    internal static string? SealOf(StateDict file) => file.Metadata.GetValueOrDefault(HashKey);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FineTuneException">The file is damaged.</exception>
    internal static SavedState Read(string path)
    {
        var file = WeightFile.Read(path);
        if (!file.Metadata.TryGetValue(StateKey, out var json))
            throw new FineTuneException($"'{path}' has weights but no state of a run; a run goes on from checkpoints/last.safetensors.");
        if (!file.Metadata.ContainsKey(HashKey))
            throw new FineTuneException($"'{path}' has no hash of what was written; the file is damaged.");
        CheckSeal(file, path);
        var state = State(json) ?? throw new FineTuneException($"'{path}' has a state of a run that cannot be read; the file is damaged.");
        return new SavedState(path, file, state);
    }

    /// <summary>Restores a run.</summary>
    /// <param name="saved">The checkpoint.</param>
    /// <param name="network">Is given the weights.</param>
    /// <param name="optimizer">
    /// Asked for the rule of a phase, once the weights are there; it is given the state, but for the steps it has taken.
    /// </param>
    /// <exception cref="FineTuneException">The file is of another recipe.</exception>
    internal static TrainState Restore(SavedState saved, Network network, Func<int, Optimizer> optimizer)
    {
        var (path, file, state) = saved;
        WeightLoader.Load(network, WithoutState(file), path);
        var rule = optimizer(state.Phase);
        foreach (var (name, vector) in rule.State)
        {
            if (!file.TryGetValue(OptimizerPrefix + name, out var values) || values.Count != vector.numel())
                throw new FineTuneException($"'{path}' has no state '{name}' of this recipe's optimizer; it is of another recipe.");
            using var _ = no_grad();
            using var kept = tensor(values.ToFloats());
            vector.copy_(kept);
        }

        if (file.Metadata.TryGetValue(NumbersKey, out var numbers))
        {
            foreach (var (name, value) in JsonSerializer.Deserialize(numbers, CheckpointJson.Default.DictionaryStringDouble) ?? [])
                rule.Numbers[name] = value;
        }

        return state;
    }

    /// <summary>The weights of a file, without the optimizer's state.</summary>
    public static StateDict WithoutState(StateDict file)
    {
        var weights = new StateDict();
        foreach (var (name, values) in file.Where(t => !t.Key.StartsWith(OptimizerPrefix, StringComparison.Ordinal)))
            weights.Add(name, values);
        weights.Classes = file.Classes;
        foreach (var note in file.Notes)
            weights.Notes.Add(note);
        return weights;
    }

    /// <summary>The input that a checkpoint's weights want, if the file says; else null.</summary>
    /// <exception cref="FineTuneException">It says what cannot be.</exception>
    public static Preprocessing? Input(StateDict weights)
    {
        if (!weights.Metadata.TryGetValue("input", out var json))
            return null;
        try
        {
            var input = JsonSerializer.Deserialize(json, CheckpointJson.Default.Preprocessing);
            return input?.Problem() is { } problem
                ? throw new FineTuneException($"The metadata of the weights says {problem}; the file is damaged.")
                : input;
        }
        catch (JsonException) when (!json.StartsWith('{'))
        {
            return null; // another tool's word for something else
        }
        catch (JsonException e)
        {
            throw new FineTuneException("The metadata of the weights has an input that cannot be read; the file is damaged.", e);
        }
    }

    /// <summary>The architecture that a checkpoint's weights are of, if the file says; else null.</summary>
    public static string? Architecture(StateDict weights) => weights.Metadata.GetValueOrDefault("arch");

    private static string Hash(StateDict file)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, values) in file.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            sha.AppendData(Encoding.UTF8.GetBytes(name));
            values.Scan(sha.AppendData);
        }

        foreach (var (key, value) in file.Metadata.Where(m => m.Key != HashKey).OrderBy(m => m.Key, StringComparer.Ordinal))
            sha.AppendData(Encoding.UTF8.GetBytes($"{key}={value}\n"));
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static TrainState? State(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CheckpointJson.Default.TrainState);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StateDict Weights(Network network, IReadOnlyList<string>? classes)
    {
        var state = WeightLoader.Read(network);
        state.Classes = classes;
        state.Metadata["arch"] = network.GetName();
        state.Metadata["input"] = JsonSerializer.Serialize(network.Preprocessing, CheckpointJson.Default.Preprocessing);
        foreach (var (key, value) in network.Metadata)
            state.Metadata[key] = value;
        return state;
    }
}
