using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FineTune.Optimize;

namespace FineTune.Experiment;

/// <summary>What a run was made of and what came out, so that another can be held against it.</summary>
public static class Manifest
{
    /// <summary>Writes the manifest of a run; final weights are there once it has ended.</summary>
    /// <param name="experiment">The run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seconds">How long training took; null before it has ended.</param>
    public static void Write(Experiment experiment, TimeProvider time, double? seconds)
    {
        var parts = experiment.Parts;
        var manifest = new JsonObject
        {
            ["finetune"] = typeof(Manifest).Assembly.GetName().Version?.ToString(3),
            ["engine"] = Compute.EngineName,
            ["libtorch"] = Compute.Libtorch().Version,
            ["dotnet"] = Environment.Version.ToString(),
            ["written"] = time.GetUtcNow().ToString("O"),
            ["seed"] = parts.Recipe.Seed,
            ["data_sha256"] = experiment.Inspection.ManifestHash,
            ["images"] = new JsonObject(experiment.Dataset.Splits.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value.Count))),
            ["left_out"] = new JsonArray([.. experiment.Dataset.LeftOut.Select(f => (JsonNode?)$"{f.Path}: {f.Reason}")]),
            ["classes"] = new JsonArray([.. parts.Classes.Select(c => (JsonNode?)c)]),
            ["starting_weights"] = experiment.StartingWeights,
            ["starting_weights_sha256"] = experiment.StartingWeights is { } file && File.Exists(file) ? HashFile(file) : null,
            ["final_weights_sha256"] = seconds is null ? null : HashWeights(parts.Vector),
            ["seconds"] = seconds,
            ["machine"] = new JsonObject
            {
                ["os"] = RuntimeInformation.OSDescription,
                ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
                ["cores"] = Environment.ProcessorCount,
                ["threads"] = TorchSharp.torch.get_num_threads(),
            },
        };
        AtomicFile.WriteJson(parts.Folder.Manifest, manifest);
    }

    /// <summary>SHA-256 of all parameters and batch-norm statistics, as lower-case hexadecimal.</summary>
    public static string HashWeights(ParameterVector vector)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = TorchSharp.torch.NewDisposeScope();
        sha.AppendData(vector.W.cpu().bytes);
        sha.AppendData(vector.Statistics.cpu().bytes);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static string HashFile(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
