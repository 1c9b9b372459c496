using FineTune.Engine;
using FineTune.Models;
using FineTune.Models.Layers;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>Fits weights to a network for images of other channels, or of another size, than those they were trained on.</summary>
public static class InputAdaptation
{
    /// <summary>
    /// The weights with the first convolution's filters summed for one channel, or repeated and scaled for more, so that grey images give
    /// the same; and with a Vision Transformer's position embeddings interpolated (bicubic) to its number of patches. What fits stays as it
    /// is.
    /// </summary>
    /// <param name="network">What they are for.</param>
    /// <param name="weights">Under the network's keys.</param>
    /// <returns>With a note on all that was done.</returns>
    public static StateDict Fit(Network network, StateDict weights)
    {
        var (said, changed) = (new List<string>(), new Dictionary<string, TensorData>(StringComparer.Ordinal));
        var first = network.Stages[0].Steps.FirstOrDefault(s => s.Layer is Convolution);
        foreach (var step in network.Stages.SelectMany(s => s.Steps))
        {
            if (step.Layer is Convolution conv && step == first && weights.TryGetValue($"{step.Key}.weight", out var filters)
                && filters.Shape is [var outputs, var old, var h, var w]
                && (outputs, h, w) == (conv.Out, conv.Kernel.H, conv.Kernel.W)
                && old != conv.In)
            {
                changed[$"{step.Key}.weight"] = Channels(filters, conv.In);
                said.Add($"The filters of '{step.Key}' are for {old} channels: "
                    + $"they were {(conv.In == 1 ? "summed for one" : $"repeated for {conv.In}")}.");
            }
            else if (step.Layer is Positions positions && weights.TryGetValue(step.Key, out var places)
                && places.Shape is [1, var tokens, var width]
                && width == positions.Channels
                && tokens != positions.Tokens
                && IsSquare(tokens - 1))
            {
                changed[step.Key] = Interpolated(places, positions.Tokens - 1);
                said.Add($"The position embeddings are for {tokens - 1} patches: "
                    + $"they were interpolated (bicubic) to {positions.Tokens - 1}.");
            }
        }

        if (changed.Count == 0)
            return weights;
        var fitted = weights.Select((name, values) => changed.GetValueOrDefault(name, values));
        foreach (var note in said)
            fitted.Notes.Add(note);
        return fitted;
    }

    private static bool IsSquare(long count) => count > 0 && Side(count) * Side(count) == count;

    private static long Side(long count) => (long)Math.Round(Math.Sqrt(count));

    /// <summary>[out, old, h, w] -> [out, channels, h, w]: the sum, or channel k mod old times old / channels.</summary>
    private static TensorData Channels(TensorData filters, long channels)
    {
        using var scope = NewDisposeScope();
        var old = tensor(filters.ToFloats(), [.. filters.Shape]);
        var count = filters.Shape[1];
        long[] from = [.. Enumerable.Range(0, (int)channels).Select(k => k % count)];
        var fitted = channels == 1
            ? old.sum(1, keepdim: true)
            : old.index_select(1, tensor(from)).Times((float)count / channels);
        return TensorData.From(TensorValues.Of<float>(fitted.contiguous()), fitted.shape);
    }

    /// <summary>As torchvision's interpolate_embeddings: the class token's stays, the others are a square map.</summary>
    private static TensorData Interpolated(TensorData places, long patches)
    {
        using var scope = NewDisposeScope();
        var old = tensor(places.ToFloats(), [.. places.Shape]); // [1, 1 + n, C]
        var (from, to) = (Side(places.Shape[1] - 1), Side(patches));
        var map = old.slice(1, 1, long.MaxValue, 1).transpose(1, 2).reshape(1, places.Shape[2], from, from);
        var resized = nn.functional.interpolate(map, [to, to], mode: InterpolationMode.Bicubic, align_corners: true);
        var fitted = cat([old.slice(1, 0, 1, 1), resized.flatten(2).transpose(1, 2)], 1).contiguous();
        return TensorData.From(TensorValues.Of<float>(fitted), fitted.shape);
    }
}
