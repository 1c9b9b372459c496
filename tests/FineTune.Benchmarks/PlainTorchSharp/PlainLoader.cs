using System.Diagnostics;
using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// What <see cref="LoaderEpoch"/> measures, by TorchSharp's DataLoader: epochs through the training images with the tutorial's view. A
/// step is an epoch; in turns (<see cref="Turns"/>). Its workers make the images of one batch side by side; none is made ahead.
/// </summary>
internal static class PlainLoader
{
    /// <summary>Args: the data folder, the batch, the workers.</summary>
    public static void Run(string[] args)
    {
        set_num_threads(2);
        using var data = new PhotoFolder(Path.Combine(args[0], "train"), Views.Train());
        var batch = int.Parse(args[1], CultureInfo.InvariantCulture);
        var workers = int.Parse(args[2], CultureInfo.InvariantCulture);
        using var loader = utils.data.DataLoader(data, batch, shuffle: true, num_worker: workers);
        Turns.Answer(() => Epoch(loader));
    }

    private static double Epoch(DataLoader loader)
    {
        var start = Stopwatch.GetTimestamp();
        var images = 0L;
        foreach (var batch in loader)
            images += batch["image"].shape[0];
        if (images != loader.dataset.Count)
            throw new InvalidOperationException($"{images} of {loader.dataset.Count} images came.");
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
