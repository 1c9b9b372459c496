using System.Diagnostics;
using System.Globalization;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Evaluate;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// Epochs through the loader alone, with the tutorial's training view: decode, random resized crop, flip, normalise, into a tensor
/// a batch; nothing is trained. A step is an epoch; in turns (<see cref="Turns"/>).
/// </summary>
internal static class LoaderEpoch
{
    private const int Side = 224;

    /// <summary>Args: the data folder, the batch, the loader's threads, "cache" (default) or "decode" every image in every epoch.</summary>
    public static void Run(string[] args)
    {
        set_num_threads(2);
        var options = new LoaderOptions
        {
            BatchSize = int.Parse(args[1], CultureInfo.InvariantCulture),
            Workers = int.Parse(args[2], CultureInfo.InvariantCulture),
            Shuffle = true,
        };
        if (args.ElementAtOrDefault(3) == "decode")
            options = options with { CacheBytes = 0 };
        var loader = new Loader(
            ImageFolder.Open(args[0]).Split(SplitName.Train), options, Augmentations.Train(AugmentSpec.Of("tutorial"), Side, null));
        var epoch = 0;
        Turns.Answer(() => Epoch(loader, epoch++));
    }

    private static double Epoch(Loader loader, long epoch)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var batch in loader.Epoch(epoch))
        {
            using (batch)
            using (Predictor.ToTensor(batch, CPU))
            {
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
