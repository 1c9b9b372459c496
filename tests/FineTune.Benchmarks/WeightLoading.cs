using System.Diagnostics;
using System.Globalization;
using FineTune.Models;
using FineTune.Transfer;
using FineTune.Weights;

namespace FineTune.Benchmarks;

/// <summary>Loading a weights file into a network that is there, and reading the file's bytes by themselves.</summary>
internal static class WeightLoading
{
    /// <summary>Args: MODEL FILE. Takes turns (<see cref="Turns"/>), a step being a load.</summary>
    public static void Run(string[] args)
    {
        using var network = Zoo.Create(args[0], 1000);
        Turns.Answer(() => Seconds(() => WeightLoader.Fill(network, WeightFile.Read(args[1]), args[1])));
    }

    /// <summary>
    /// Args: FILE BYTES. Takes turns, a step being the file read once into one buffer of so many bytes; 0: of the file's size.
    /// </summary>
    public static void ReadFile(string[] args)
    {
        using var file = File.OpenHandle(args[0]);
        var length = RandomAccess.GetLength(file);
        var size = int.Parse(args[1], CultureInfo.InvariantCulture);
        var buffer = GC.AllocateUninitializedArray<byte>(size == 0 ? checked((int)length) : size);
        Turns.Answer(() => Seconds(() =>
        {
            var count = -1;
            for (var at = 0L; at < length && count != 0; at += count)
                count = RandomAccess.Read(file, buffer.AsSpan(size == 0 ? (int)at : 0), at);
        }));
    }

    /// <summary>
    /// Args: MODEL FILE. Prints the bytes that the process took at most during a load, beyond what it had, and the file's.
    /// </summary>
    public static void Memory(string[] args)
    {
        using var network = Zoo.Create(args[0], 1000);
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak is counted from here
        var before = Status("VmRSS:");
        WeightLoader.Fill(network, WeightFile.Read(args[1]), args[1]);
        Console.WriteLine(FormattableString.Invariant($"{Status("VmHWM:") - before} {new FileInfo(args[1]).Length}"));
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long Status(string key)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture);
    }
}
