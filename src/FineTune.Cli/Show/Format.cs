using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Evaluate;

namespace FineTune.Cli.Show;

/// <summary>Numbers as people and machines read them.</summary>
internal static class Format
{
    public static string Percent(double rate) => FormattableString.Invariant($"{100 * rate:0.0}%");

    /// <summary>"91.5% (85.9-95.1)": with the 95% interval.</summary>
    public static string Top1(Score score) => Rate(score.Top1, score.Top1Interval);

    /// <summary>A rate with its interval.</summary>
    public static string Rate(double rate, Interval interval) =>
        FormattableString.Invariant($"{100 * rate:0.0}% ({100 * interval.Low:0.0}-{100 * interval.High:0.0})");

    public static string Number(double value, string format = "0.000") => value.ToString(format, CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time.TotalSeconds < 100
        ? FormattableString.Invariant($"{time.TotalSeconds:0.0} s")
        : FormattableString.Invariant($"{(int)time.TotalMinutes}:{time.Seconds:00} min");

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 epoch", "2 epochs".</summary>
    public static string Plural(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? string.Empty : "s")}";

    /// <summary>A name for a cell of a table: a long one has an ellipsis in its middle.</summary>
    public static string Cell(string name) => Ui.Cell(ShortText.Of(name));

    public static JsonArray Json(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode?)t)];

    public static JsonObject Json(Score score) => new()
    {
        ["top1"] = score.Top1,
        ["top5"] = score.Top5,
        ["nll"] = score.Nll,
        ["ece"] = score.Ece,
        ["n"] = score.N,
        ["top1_low"] = score.Top1Interval.Low,
        ["top1_high"] = score.Top1Interval.High,
    };
}
