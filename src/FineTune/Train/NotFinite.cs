using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>What is said of a step that ended in infinity or in no number: where, on which files, and how large the gradients were.</summary>
internal static class NotFinite
{
    /// <summary>The sentence.</summary>
    /// <param name="parts">The run.</param>
    /// <param name="batch">What the step learned from.</param>
    /// <param name="step">Its number, from 1.</param>
    /// <param name="what">What is not finite.</param>
    /// <param name="value">Its value.</param>
    public static FineTuneException Step(TrainerParts parts, TrainBatch batch, long step, string what, double value)
    {
        var files = string.Join(", ", batch.Indices.Take(4).Select(i => $"'{parts.Training.Samples[i].Path}'"));
        return new($"The {what} is {value} at step {step}, whose batch begins with {files}; norms of the gradient by stage are {Norms(parts)}; lower the learning rate: the last checkpoint is from before it.");
    }

    /// <summary>A step can end in infinity though its loss was finite; nothing of that is kept.</summary>
    /// <exception cref="FineTuneException">A weight or a statistic is not finite.</exception>
    public static void Refuse(TrainerParts parts, long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (!float.IsFinite((parts.Vector.W.sum() + parts.Vector.Statistics.sum()).cpu().item<float>()))
            throw new FineTuneException($"The weights are not finite after step {step}; lower the learning rate: the last checkpoint is from before it.");
    }

    /// <summary>The gradient's norm in each stage that trains.</summary>
    private static string Norms(TrainerParts parts)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var g = parts.Vector.G;
        return string.Join(", ", parts.Vector.TrainableSegments.GroupBy(s => s.Stage).Select(stage =>
        {
            var norm = Math.Sqrt(stage.Sum(s => g.narrow(0, s.Offset - parts.Vector.Line, s.Length).to(ScalarType.Float64).square().sum().cpu().item<double>()));
            return FormattableString.Invariant($"{parts.Network.Stages[stage.Key].Name} {norm:G3}");
        }));
    }
}
