using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FineTune.Data;
using FineTune.Engine;
using FineTune.Images;
using FineTune.Train;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Experiment;

/// <summary>All that what lies at a freeze line depends on, as a text: two that are equal have the same bits on one machine.</summary>
internal static class BoundaryKey
{
    /// <summary>The text.</summary>
    /// <param name="recipe">Seed, augmentation and numerics.</param>
    /// <param name="line">The network below it.</param>
    /// <param name="dataset">The images' folder.</param>
    /// <param name="inspection">Hashes of the files.</param>
    /// <param name="samples">The images, in order.</param>
    /// <param name="augmented">Whether views are drawn.</param>
    public static string Of(
        Recipe recipe, FreezeLine line, Dataset dataset, Inspection inspection, IReadOnlyList<Sample> samples, bool augmented)
    {
        var network = line.Network;
        var p = network.Preprocessing;
        var hashes = inspection.Files.ToDictionary(f => f.Path, f => f.Sha256);
        var text = new StringBuilder();
        void Say(string what, params IEnumerable<object> values) => text.Append(what).Append(' ')
            .AppendJoin(' ', values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))).Append('\n');
        Say("program", typeof(BoundaryKey).Assembly.ManifestModule.ModuleVersionId, ImageFile.Libraries);
        Say("engine", TorchEngine.Name, TorchEngine.LibtorchVersion, get_num_threads(), recipe.Device, TorchEngine.Configuration);
        Say("network", network.GetName(), line.Stage, network.Numerics, Weights(line));
        Say("layers", network.Metadata.Where(m => m.Key is not (SavedState.RecipeKey or SavedState.SoftLabelsKey))
            .OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={m.Value}"));
        Say("input", p.InputSize, p.ResizeTo ?? 0, p.Interpolation);
        Say("mean", p.Mean.Cast<object>());
        Say("std", p.Std.Cast<object>());
        if (augmented)
            Say("augment", recipe.Seed, recipe.Augment.Preset ?? string.Empty, string.Join(", ", recipe.Augment.Transforms));
        Say("images", samples.Select(s => hashes[dataset.Relative(s.Path)]));
        return text.ToString();
    }

    private static string Weights(FreezeLine line)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in line.Network.Stages.Take(line.Stage)
            .SelectMany(s => s.NamedParameters().Select(p => (p.Name, Tensor: (Tensor)p.Parameter)).Concat(s.NamedBuffers())))
        {
            using var scope = NewDisposeScope();
            var here = tensor.detach().cpu().contiguous();
            sha.AppendData(Encoding.UTF8.GetBytes(name));
            sha.AppendData(here.bytes);
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
