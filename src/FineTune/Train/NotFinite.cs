using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Engine;
using FineTune.Optimize;
using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>
/// What is said of a step that ended in infinity or in no number: where, on which files, and how large the gradients were.
/// </summary>
internal static class NotFinite
{
    /// <summary>
    /// The sentence; what is too long for it, every file of the batch and the norms of every layer, is written beside the run.
    /// </summary>
    /// <param name="parts">The run.</param>
    /// <param name="batch">What the step learned from.</param>
    /// <param name="step">Its number, from 1.</param>
    /// <param name="what">What is not finite.</param>
    /// <param name="value">Its value.</param>
    public static FineTuneException Step(TrainerParts parts, TrainBatch batch, long step, string what, double value)
    {
        var files = batch.Indices.Select(i => parts.Training.Samples[i].Path).ToList();
        var layers = parts.Vector.TrainableSegments.Select(s => (
            Layer: s,
            Gradient: Norm(parts.Vector.G, s.Offset - parts.Vector.Line, s),
            Weights: Norm(parts.Vector.W, s.Offset, s))).ToList();
        var stages = layers.GroupBy(l => l.Layer.Stage, (stage, l) =>
            FormattableString.Invariant($"{parts.Network.Stages[stage].Name} ")
            + FormattableString.Invariant($"{Math.Sqrt(l.Sum(layer => layer.Gradient * layer.Gradient)):G3}"));
        var all = new JsonObject
        {
            ["step"] = step,
            ["what"] = what,
            ["value"] = Number(value),
            ["files"] = new JsonArray([.. files.Select(f => (JsonNode?)f)]),
            ["layers"] = new JsonArray([.. layers.Select(l => new JsonObject
            {
                ["name"] = l.Layer.Name,
                ["gradient_norm"] = Number(l.Gradient),
                ["weight_norm"] = Number(l.Weights),
            })]),
        };
        if (parts.Writes)
            AtomicFile.WriteJson(parts.Folder.NotFinite, all);
        return new($"The {what} is {value} at step {step}, "
            + $"whose batch begins with {string.Join(", ", files.Take(4).Select(f => $"'{f}'"))}; norms of the gradient by stage are "
            + $"{string.Join(", ", stages)}, and by layer in '{parts.Folder.NotFinite}'; lower the learning rate: "
            + "the last checkpoint is from before it.");
    }

    /// <summary>Refuses a step that took the weights out of all bounds, while its batch is at hand.</summary>
    /// <param name="parts">The run.</param>
    /// <param name="batch">What the step learned from.</param>
    /// <param name="step">Its number, from 1.</param>
    /// <exception cref="FineTuneException">A trainable weight is not finite.</exception>
    public static void RefuseUpdate(TrainerParts parts, TrainBatch batch, long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var sum = parts.Vector.W.narrow(0, parts.Vector.Line, parts.Vector.Trainable).sum().cpu().item<float>();
        if (!float.IsFinite(sum))
            throw Step(parts, batch, step, "sum of the updated weights", sum);
    }

    /// <summary>A step can end in infinity though its loss was finite; nothing of that is kept.</summary>
    /// <exception cref="FineTuneException">A weight or a statistic is not finite.</exception>
    public static void Refuse(TrainerParts parts, long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (float.IsFinite(parts.Vector.W.sum().Plus(parts.Vector.Statistics.sum()).cpu().item<float>()))
            return;
        var where = parts.Vector.TrainableSegments.FirstOrDefault(s => !double.IsFinite(Norm(parts.Vector.W, s.Offset, s)))?.Name
            ?? "a statistic of a batch norm";
        throw new FineTuneException($"The weights are not finite after step {step}, '{where}' first; lower the learning rate: "
            + "the last checkpoint is from before it.");
    }

    private static double Norm(Tensor vector, long offset, Segment segment)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return Math.Sqrt(vector.narrow(0, offset, segment.Length).to(ScalarType.Float64).Power(2).sum().cpu().item<double>());
    }

    /// <summary>JSON has no word for what is not finite.</summary>
    private static JsonValue Number(double value) =>
        double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture))!;
}
