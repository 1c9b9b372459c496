
namespace FineTune.Experiment.Sweeps.Page;

/// <summary>The configurations of a sweep and what became of them, key by key.</summary>
/// <param name="Keys">The keys that vary.</param>
/// <param name="Rows">A row a configuration, the best first: its values by key.</param>
/// <param name="IsTop1">Whether the score is the accuracy; else it is the negative log-likelihood.</param>
/// <param name="Epochs">Epochs after which they are scored, all the same; 0: at their end.</param>
internal sealed record SweepTable(IReadOnlyList<string> Keys, IReadOnlyList<SweepCells> Rows, bool IsTop1, int Epochs)
{
    /// <summary>
    /// The scored configurations of a sweep. With halving, as they were at the first choice: what was left behind and what was trained
    /// to its end are not to be compared as they are.
    /// </summary>
    public static SweepTable Of(SweepResults results, SweepProgress progress)
    {
        var (plan, isTop1) = (results.Plan, results.Plan.ByTop1);
        var epochs = plan.Brackets.Select(b => b.Rungs[0].Epochs).Where(e => e > 0).DefaultIfEmpty(0).Min();
        var rows = results.Rows.Where(r => r.Top1 is not null).Select(r => new SweepCells(
            r,
            r.Settings.ToDictionary(s => s[..s.IndexOf('=', StringComparison.Ordinal)], s => Value(s), StringComparer.Ordinal),
            (isTop1 ? 100 : 1) * r.Tasks.Average(t => progress.States[t.Number].After(epochs)!.Of(plan.Choose))));
        return new SweepTable(plan.Keys, [.. rows.OrderBy(r => (isTop1 ? -1 : 1) * r.Score)], isTop1, epochs);
    }

    /// <summary>When they are scored, as a sentence; empty: at their end.</summary>
    public string When => Epochs > 0
        ? FormattableString.Invariant($" All are scored after {Epochs} epochs, at the first choice of halving.")
        : string.Empty;

    /// <summary>What the score is, for an axis.</summary>
    public string Score => IsTop1 ? "validation accuracy, %" : "validation loss";

    /// <summary>The values of a key, in the order in which an axis shows them: numbers by size, others as the file has them.</summary>
    public IReadOnlyList<object?> Values(string key)
    {
        var values = Rows.OrderBy(r => r.Row.Configuration).Where(r => r.Values.ContainsKey(key)).Select(r => r.Values[key])
            .DistinctBy(OptionReader.Text).ToArray();
        return IsNumeric(key) ? [.. values.OrderBy(v => Convert.ToDouble(v, System.Globalization.CultureInfo.InvariantCulture))] : values;
    }

    /// <summary>Whether all values of a key are numbers.</summary>
    public bool IsNumeric(string key) => Rows.All(r => !r.Values.TryGetValue(key, out var v) || v is long or double);

    /// <summary>A value in few letters.</summary>
    public static string Short(object? value)
    {
        var text = value is Dictionary<string, object?> map && map.GetValueOrDefault("name") is string name
            ? string.Join(' ', map.Where(m => m.Key != "name").Select(m => $"{m.Key} {OptionReader.Text(m.Value)}").Prepend(name))
            : OptionReader.Text(value);
        return ShortText.Of(Printable.Of(text));
    }

    private static object? Value(string setting) =>
        RecipeTree.ParseValue(setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..], setting);
}

/// <summary>A configuration in the table.</summary>
/// <param name="Row">What became of it.</param>
/// <param name="Values">What it sets, by key.</param>
/// <param name="Score">Its score, of the metric that is chosen by; accuracy in percent.</param>
internal sealed record SweepCells(ConfigurationRow Row, IReadOnlyDictionary<string, object?> Values, double Score);
