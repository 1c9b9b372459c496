using System.Diagnostics;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>
/// Chooses the precision where a recipe says auto: a few steps of each, on made-up images, and the fastest wins. What it chose is
/// written into the run's recipe, so that a resumed or repeated run does not choose anew.
/// </summary>
internal static class NumericsChoice
{
    private const int Images = 8; // enough for the threads; a step of more tells no more
    private const int Rounds = 3;
    private const double WorthIt = 0.95; // of the first one's time; less is noise

    /// <summary>Chooses among what the recipe leaves open; its network then computes so.</summary>
    /// <param name="parts">Left as they were, but for <see cref="Network.Numerics"/>.</param>
    /// <returns>What was measured, in seconds a step; empty where nothing was open.</returns>
    public static IReadOnlyList<(Numerics Numerics, double Seconds)> Choose(TrainerParts parts)
    {
        var open = Numerics.Open(parts.Recipe.Precision, parts.Recipe.Layout, parts.Network);
        parts.Network.Numerics = open[0];
        if (open.Count == 1)
            return [];
        using var backup = new TrainingBackup(parts); // batch norms take statistics of what they see
        parts.Line.Train();
        var seconds = open.Select(_ => double.PositiveInfinity).ToArray();
        for (var round = 0; round <= Rounds; round++)
        {
            for (var k = 0; k < open.Count; k++)
            {
                parts.Network.Numerics = open[k];
                var taken = Step(parts);
                if (round > 0) // the first warms up
                    seconds[k] = Math.Min(seconds[k], taken);
            }
        }

        var best = Array.IndexOf(seconds, seconds.Min());
        parts.Network.Numerics = seconds[best] < WorthIt * seconds[0] ? open[best] : open[0];
        return [.. open.Zip(seconds)];
    }

    private static double Step(TrainerParts parts)
    {
        using var scope = NewDisposeScope();
        var network = parts.Network;
        var (n, size) = (Math.Min(Images, parts.Recipe.Batch), network.Preprocessing.InputSize);
        var device = parts.Vector.W.device;
        var images = zeros([n, 3, size, size], device: device);
        var labels = zeros([n], ScalarType.Int64, device);
        parts.Vector.ZeroGradient();
        var watch = Stopwatch.StartNew();
        using var loss = nn.functional.cross_entropy(parts.Line.Forward(images), labels);
        loss.backward();
        _ = loss.item<float>(); // waits for the device
        return watch.Elapsed.TotalSeconds;
    }
}
