using System.Globalization;

namespace FineTune.Benchmarks;

/// <summary>
/// A side's half of scripts/bench/turns.py: each line of the standard input is a number of steps to take; the answer is a line of
/// their seconds, one number a step.
/// </summary>
internal static class Turns
{
    /// <summary>Answers until the input ends.</summary>
    /// <param name="step">Takes a step and returns its seconds.</param>
    public static void Answer(Func<double> step)
    {
        while (Console.ReadLine() is { } steps)
        {
            var seconds = Enumerable.Range(0, int.Parse(steps, CultureInfo.InvariantCulture)).Select(_ => step());
            Console.WriteLine(string.Join(' ', seconds.Select(s => s.ToString("F6", CultureInfo.InvariantCulture))));
        }
    }
}
