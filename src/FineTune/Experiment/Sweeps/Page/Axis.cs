using System.Globalization;

namespace FineTune.Experiment.Sweeps.Page;

/// <summary>Where the values of a key lie along a line.</summary>
internal sealed class Axis
{
    private const double LogFrom = 20; // times the smallest number that the largest is, for a log scale
    private const int MostTicks = 8;

    private readonly Func<object?, double> _at;

    private Axis(Func<object?, double> at, IReadOnlyList<(double At, string Text)> ticks) => (_at, Ticks) = (at, ticks);

    /// <summary>Marks, with places in 0..1.</summary>
    public IReadOnlyList<(double At, string Text)> Ticks { get; }

    /// <summary>The place of a value, in 0..1.</summary>
    public double At(object? value) => _at(value);

    /// <summary>The axis of a key.</summary>
    public static Axis Of(SweepTable table, string key)
    {
        var values = table.Values(key);
        if (!table.IsNumeric(key))
        {
            var names = values.Select(OptionReader.Text).ToList();
            double Place(object? v) => (names.IndexOf(OptionReader.Text(v)) + 0.5) / names.Count;
            return new Axis(Place, [.. values.Select(v => (Place(v), SweepTable.Short(v)))]);
        }

        double[] numbers = [.. values.Select(Number)];
        var isLog = numbers[0] > 0 && numbers[^1] >= LogFrom * numbers[0];
        var (low, high) = (Scaled(numbers[0]), Scaled(numbers[^1]));
        double Scaled(double x) => isLog ? Math.Log10(x) : x;
        double At(double x) => high > low ? (Scaled(x) - low) / (high - low) : 0.5;
        var marked = numbers.Length <= MostTicks ? numbers
            : isLog ? [.. Report.Ticks.Between(low, high, 5).Where(e => e == Math.Round(e)).Select(e => Math.Pow(10, e))]
            : [.. Report.Ticks.Between(low, high, 5)];
        return new Axis(v => At(Number(v)), [.. marked.Select(x => (At(x), Report.Ticks.Text(x)))]);
    }

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
