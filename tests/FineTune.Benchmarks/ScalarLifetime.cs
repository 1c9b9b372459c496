using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>
/// Half of a tensor, again and again, while three threads collect garbage without pause: how often that fails by TorchSharp's
/// operator, and by FineTune's own arithmetic.
/// </summary>
internal static class ScalarLifetime
{
    private const int CallsBetweenLooks = 1000;

    /// <summary>Args: seconds for each (default 20).</summary>
    public static void Run(string[] args)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        var stop = false;
        Thread[] collecting = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.KeepAlive(Enumerable.Range(0, 2000).Select(k => new byte[300 + (k % 2)]).ToArray());
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            }
        }))];
        foreach (var thread in collecting)
            thread.Start();
        Measure("x * 0.5 (TorchSharp)", seconds, x => x * 0.5);
        Measure("x.Times(0.5) (FineTune)", seconds, x => x.Times(0.5));
        Volatile.Write(ref stop, true);
    }

    private static void Measure(string name, double seconds, Func<Tensor, Tensor> half)
    {
        using var x = ones(8);
        var (calls, failed, wrong) = (0, 0, 0);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
        {
            for (var k = 0; k < CallsBetweenLooks; k++, calls++)
            {
                using var scope = NewDisposeScope();
                try
                {
                    wrong += half(x)[0].item<float>() == 0.5 ? 0 : 1;
                }
                catch (ExternalException)
                {
                    failed++;
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {calls,9} calls, {failed,3} failed, {wrong,3} wrong"));
    }
}
