using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// Training steps of ResNet-18 from scratch, 224 x 224, SGD with momentum, on the ranks that mpirun started; rank 0 prints a line of JSON.
/// </summary>
internal static class RankedStep
{
    private const int WarmUp = 3, Classes = 8;

    /// <summary>
    /// Args: the batch of all ranks, threads of each, steps, what connects them (auto, mpi or off), then recipe settings.
    /// </summary>
    public static void Run(string[] args)
    {
        var (batch, threads, steps) = (Number(args[0]), Number(args[1]), Number(args[2]));
        using var ranks = Communicators.Open(args[3], Timeout.InfiniteTimeSpan, Console.Error.WriteLine);
        string[] model = args.Any(a => a.StartsWith("model=", StringComparison.Ordinal)) ? [] : ["model=resnet18"];
        string[] settings =
        [
            .. model, "data=datasets/tidepool", "input.size=224", "augment=none", "optimizer={ name: sgd, lr: 0.001, momentum: 0.9 }",
            $"batch={batch}", $"threads={threads}", .. args[4..],
        ];
        var recipe = RecipeFile.Read(null, settings);
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, new RunFolder("none"), ranks: ranks);
        var parts = experiment.Parts;
        parts.Line.Train();
        var rows = MicroBatch.Rows(
            batch, batch, parts.Recipe.Gradient.Accumulate, MicroBatch.Of(ranks.Rank, ranks.Size, parts.Recipe.Gradient.Accumulate));
        var mine = rows.GetOffsetAndLength(batch);
        var step = new BatchStep(parts);
        var seconds = new List<double>();
        for (var k = 0; k < WarmUp + steps; k++)
        {
            if (k == WarmUp)
                (ranks.Times.Waiting, ranks.Times.AllReduce) = (0, 0);
            var given = new TrainBatch(
                rand([mine.Length, 3, 224, 224]),
                tensor([.. Enumerable.Range(0, batch).Select(i => (long)(i % Classes))]),
                [.. Enumerable.Range(0, batch)],
                mine.Offset);
            var start = Stopwatch.GetTimestamp();
            step.Take(given, 0, k, 0.001, null);
            if (k >= WarmUp)
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        if (ranks.Rank > 0)
            return;
        seconds.Sort();
        Console.WriteLine(new JsonObject
        {
            ["median"] = seconds[seconds.Count / 2],
            ["waiting"] = ranks.Times.Waiting / steps,
            ["all_reduce"] = ranks.Times.AllReduce / steps,
            ["library"] = ranks.Carrier,
            ["trainable"] = parts.Vector.TrainableSegments.Sum(s => s.Length),
        }.ToJsonString());
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
