using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Distributed;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>What it costs to sum a vector over the ranks that mpirun started, by its length: a line of JSON a length.</summary>
internal static class AllReduceTime
{
    /// <summary>Args: repeats, then numbers of floats.</summary>
    public static void Run(string[] args)
    {
        var repeats = int.Parse(args[0], CultureInfo.InvariantCulture);
        using var ranks = Communicators.Open("mpi", Timeout.InfiniteTimeSpan, Console.Error.WriteLine);
        foreach (var length in args[1..].Select(a => long.Parse(a, CultureInfo.InvariantCulture)))
        {
            using var vector = ones([length]);
            var line = new JsonObject
            {
                ["floats"] = length,
                ["library"] = Median(() => ranks.AllReduce(vector)),
                ["ordered"] = Median(() => OrderedSum.Sum(ranks, [vector], vector)),
                ["bfloat16"] = Median(() => OrderedSum.Sum(ranks, [vector], vector, ScalarType.BFloat16)),
            };
            if (ranks.Rank == 0)
                Console.WriteLine(line.ToJsonString());
        }

        double Median(Action sum)
        {
            var seconds = Enumerable.Range(0, repeats + 1).Select(_ =>
            {
                ranks.Exchange([]); // all begin together
                var start = Stopwatch.GetTimestamp();
                sum();
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }).Skip(1).Order().ToArray();
            return seconds[repeats / 2];
        }
    }
}
