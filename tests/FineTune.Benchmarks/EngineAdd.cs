using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// What a call through the engine costs: c = a + b of four numbers each, and freeing c. One line a round, in nanoseconds.
/// </summary>
internal static class EngineAdd
{
    private const int Calls = 20_000;

    /// <summary>Args: the number of rounds (default 100). The first half warms up and is not printed.</summary>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100;
        set_num_threads(1);
        using var guard = no_grad();
        using var a = rand([4]);
        using var b = rand([4]);
        for (var round = 0; round < 2 * rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var k = 0; k < Calls; k++)
                a.add(b).Dispose();
            if (round >= rounds)
                Console.WriteLine((Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls).ToString("F1", CultureInfo.InvariantCulture));
        }
    }
}
