using System.Globalization;

namespace FineTune.Experiment.Report;

/// <summary>Round numbers along an axis: 1, 2 or 5 times a power of ten apart.</summary>
internal static class Ticks
{
    /// <summary>The round numbers from <paramref name="low"/> to <paramref name="high"/>, about <paramref name="about"/> of them.</summary>
    public static IReadOnlyList<double> Between(double low, double high, int about)
    {
        var step = Step((high - low) / Math.Max(1, about));
        var first = (long)Math.Ceiling((low / step) - 1e-9);
        var last = (long)Math.Floor((high / step) + 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first + 1)).Select(k => (first + k) * step)];
    }

    /// <summary>A tick as text: no more digits than its axis needs.</summary>
    public static string Text(double tick) => Math.Abs(tick) is >= 1e-4 and < 1e6 or 0
        ? Math.Round(tick, 10).ToString("0.######", CultureInfo.InvariantCulture)
        : tick.ToString("0.##e0", CultureInfo.InvariantCulture);

    private static double Step(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return power * ((raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }
}
