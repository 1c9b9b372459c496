using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Experiment.Auto;
using FineTune.Optimize;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>How a run ended.</summary>
/// <param name="Seconds">How long training took.</param>
/// <param name="MicroBatches">Parts that a batch was divided into at the end.</param>
public sealed record RunEnd(double Seconds, int MicroBatches);

/// <summary>What a run was made of and what came out, so that another can be held against it.</summary>
public static class Manifest
{
    /// <summary>Writes the manifest of a run; final weights are there once it has ended.</summary>
    /// <param name="experiment">The run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="end">How it ended; null before it has.</param>
    public static void Write(Experiment experiment, TimeProvider time, RunEnd? end = null)
    {
        var parts = experiment.Parts;
        var manifest = new JsonObject
        {
            ["dotnet"] = Environment.Version.ToString(),
            ["written"] = time.GetUtcNow().ToString("O"),
            ["command"] = Command(experiment),
            ["seed"] = parts.Recipe.Seed,
            ["data_sha256"] = experiment.Inspection.ManifestHash,
            ["images"] = new JsonObject(experiment.Dataset.Splits.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value.Count))),
            ["duplicates"] = new JsonArray([.. experiment.Inspection.Duplicates.Select(d => (JsonNode?)new JsonObject
            {
                ["paths"] = new JsonArray([.. d.Paths.Select(p => (JsonNode?)p)]),
                ["across_splits"] = d.AcrossSplits,
                ["across_classes"] = d.AcrossClasses,
            })]),
            ["left_out"] = new JsonArray([.. experiment.Dataset.LeftOut.Select(f => (JsonNode?)$"{f.Path}: {f.Reason}")]),
            ["classes"] = new JsonArray([.. parts.Classes.Select(c => (JsonNode?)c)]),
            ["starting_weights"] = experiment.StartingWeights ?? Began(experiment, "starting_weights"), // a resumed run opens none
            ["starting_weights_sha256"] = experiment.StartingWeights is { } file && File.Exists(file)
                ? HashFile(file)
                : Began(experiment, "starting_weights_sha256"),
            ["starting_weights_notes"] = Notes(experiment),
            ["notes"] = new JsonArray([.. experiment.Notes.Select(n => (JsonNode?)n)]),
            ["measured_seconds"] = Measured(experiment),
            ["plan"] = experiment.Plan?.Json,
            ["micro_batches"] = end?.MicroBatches,
            ["final_weights_sha256"] = end is null ? null : HashWeights(parts.Vector),
            ["seconds"] = end?.Seconds,
            ["ranks"] = end is null || parts.Ranks is OneProcess ? null : new JsonObject
            {
                ["size"] = parts.Ranks.Size,
                ["library"] = parts.Ranks.Carrier,
                ["waiting_seconds"] = parts.Ranks.Times.Waiting,
                ["all_reduce_seconds"] = parts.Ranks.Times.AllReduce,
            },
            ["machine"] = new JsonObject
            {
                ["os"] = RuntimeInformation.OSDescription,
                ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
                ["cores"] = Environment.ProcessorCount,
            },
        };
        foreach (var (key, value) in Circumstances(parts.Recipe))
            manifest[key] = value;
        AtomicFile.WriteJson(parts.Folder.Manifest, manifest);
    }

    /// <summary>Compares a run that is to be resumed with the manifest that it began with.</summary>
    /// <returns>What may change its bits, a sentence each.</returns>
    public static IReadOnlyList<string> Differences(Experiment experiment)
    {
        var folder = experiment.Parts.Folder;
        if (!File.Exists(folder.Manifest))
            return []; // killed before it was written: nothing was trained
        var began = Read(folder);
        return [.. Circumstances(experiment.Parts.Recipe).Where(p => began.ContainsKey(p.Key) && (string?)began[p.Key] != p.Value)
            .Select(p => $"The run began with {p.Key} {began[p.Key]}, here it is {p.Value}: the bits may differ.")];
    }

    /// <summary>The names of what decided a run's bits beside its recipe and its images, and is another here.</summary>
    internal static IReadOnlyList<string> Elsewhere(JsonObject began, Recipe recipe) =>
        [.. Circumstances(recipe).Where(p => began.ContainsKey(p.Key) && (string?)began[p.Key] != p.Value).Select(p => p.Key)];

    /// <summary>What decides a run's bits beside its recipe and its images.</summary>
    private static Dictionary<string, string?> Circumstances(Recipe recipe) => new Dictionary<string, string?>
    {
        ["finetune"] = typeof(Manifest).Assembly.GetName().Version?.ToString(3),
        ["engine"] = TorchEngine.Name,
        ["libtorch"] = TorchEngine.LibtorchVersion,
        ["cpu_capability"] = TorchEngine.Capability,
        ["device"] = recipe.Device,
        ["threads"] = TorchSharp.torch.get_num_threads().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>SHA-256 of all parameters and batch-norm statistics, as lower-case hexadecimal.</summary>
    public static string HashWeights(ParameterVector vector) => Convert.ToHexStringLower(vector.Hash());

    /// <summary>What was done to the starting weights, now or when the run began.</summary>
    private static JsonNode? Notes(Experiment experiment) => experiment.Resumes
        ? Began(experiment, "starting_weights_notes")
        : new JsonArray([.. experiment.StartingWeightsNotes.Select(n => (JsonNode?)n)]);

    /// <summary>The words of the command that began the run; of an application of its own, its.</summary>
    private static JsonNode? Command(Experiment experiment) => experiment.Resumes
        ? Began(experiment, "command")
        : new JsonArray([.. Environment.GetCommandLineArgs().Select((word, k) => (JsonNode?)(k == 0 ? Path.GetFileName(word) : word))]);

    /// <summary>What was measured to choose precision and layout, now or when the run began; null where nothing was.</summary>
    private static JsonNode? Measured(Experiment experiment)
    {
        if (experiment.Measured.Count > 0)
            return new JsonObject(experiment.Measured.Select(m => KeyValuePair.Create(m.Numerics.ToString(), (JsonNode?)m.Seconds)));
        return Began(experiment, "measured_seconds");
    }

    /// <summary>
    /// What recipe auto decided when a run began; null for another recipe, and where the run was killed before it was written.
    /// </summary>
    internal static Plan? PlanOf(RunFolder folder) =>
        File.Exists(folder.Manifest) && Read(folder)["plan"] is JsonObject plan ? Plan.Of(plan, folder.Manifest) : null;

    /// <summary>What the manifest that the run began with says; null where there is none.</summary>
    private static JsonNode? Began(Experiment experiment, string key) =>
        File.Exists(experiment.Parts.Folder.Manifest) ? Read(experiment.Parts.Folder)[key]?.DeepClone() : null;

    /// <summary>Whether a run has come to its end.</summary>
    internal static bool IsFinished(RunFolder folder) => Of(folder)?["final_weights_sha256"] is not null;

    /// <summary>The manifest of a run; null where there is none.</summary>
    internal static JsonObject? Of(RunFolder folder) => File.Exists(folder.Manifest) ? Read(folder) : null;

    private static JsonObject Read(RunFolder folder)
    {
        try
        {
            return JsonNode.Parse(RegularFile.Text(folder.Manifest))!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or IOException)
        {
            throw new FineTuneException($"'{folder.Manifest}' cannot be read: {JsonReason.Of(e)}.", e);
        }
    }

    internal static string HashFile(string path)
    {
        using var file = RegularFile.OpenStream(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
