using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>
/// Batch norms that see one value a channel where an image is alone in its batch. That value is its own mean: the output is the shift
/// whatever the image, and the running variance, divided by n - 1, is no number.
/// </summary>
internal static class OneValueNorms
{
    private const string Variance = "running_var";

    /// <summary>Refuses to train on single images where a batch norm that follows the batches would see one value a channel.</summary>
    /// <param name="line">What trains.</param>
    /// <param name="why">Why a batch, or a part of one, is a single image.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <exception cref="FineTuneException">There is such a batch norm.</exception>
    public static void Refuse(FreezeLine line, string why, string remedy)
    {
        if (Find(line) is { } norm)
        {
            throw new FineTuneException(
                $"Batch normalization needs more than one value per channel in training, but '{norm}' would get one at an input of "
                + $"{line.Network.Preprocessing.InputSize} pixels, as {why}; {remedy}.");
        }
    }

    /// <summary>
    /// The first batch norm that would see one value a channel of a single image; null where there is none. An empty image is tried and
    /// its effect on the running variances looked at, so that it holds for any module, however it calls its layers.
    /// </summary>
    private static string? Find(FreezeLine line)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var network = line.Network;
        var kept = network.Stages.SelectMany(s => s.NamedBuffers()).Select(b => (b.Name, Live: b.Buffer, Kept: b.Buffer.clone())).ToArray();
        var size = network.Preprocessing.InputSize;
        line.Train();
        try
        {
            line.Forward(zeros([1, 3, size, size], device: network.parameters().First().device));
            var spoilt = kept.FirstOrDefault(b => IsVariance(b.Name) && !b.Live.isfinite().all().cpu().item<bool>()).Name;
            return spoilt?[..^(Variance.Length + 1)];
        }
        finally
        {
            foreach (var (_, live, before) in kept)
                live.copy_(before);
        }
    }

    private static bool IsVariance(string buffer) => buffer.EndsWith("." + Variance, StringComparison.Ordinal);
}
