using FineTune.Experiment.Sweeps;
using Spectre.Console;

namespace FineTune.Cli.Show;

/// <summary>The configurations of a sweep, the best first.</summary>
internal static class LeaderTable
{
    private const int Most = 30; // rows on a screen

    public static void Show(Ui ui, SweepFolder folder, SweepResults results)
    {
        ui.Notes(results.Notes);
        if (ui.Json)
        {
            ui.ResultJson(SweepJson.Of(results));
            return;
        }

        var table = Ui.Table("", "configuration", "top-1 (95%)", "nll", "leader minus this (95%)", "p (Holm)", "epochs", "status");
        foreach (var (row, k) in results.Rows.Take(Most).Select((r, k) => (r, k)))
        {
            table.AddRow(
                $"{k + 1}",
                Ui.Cell(row.Settings.Count > 0 ? string.Join(' ', row.Settings) : "the recipe"),
                row.Top1 is not { } top1 ? string.Empty
                    : top1.Interval is { } i ? Format.Rate(top1.Mean, i) : Format.Percent(top1.Mean),
                row.Nll is { } nll ? Format.Number(nll) : string.Empty,
                Behind(results, row),
                row.AdjustedP is { } p ? p < 0.0001 ? "< 0.0001" : Format.Number(p, "0.0000") : string.Empty,
                Format.Count(row.Epochs),
                row.Status switch
                {
                    ConfigurationStatus.Finished => "finished",
                    ConfigurationStatus.LeftBehind => "left behind",
                    ConfigurationStatus.Failed => "failed",
                    _ => "open",
                });
        }

        ui.Result(table);
        if (results.Rows.Count > Most)
            ui.Result($"and {Format.Count(results.Rows.Count - Most)} more, in {folder.Results}");
        foreach (var failed in results.Rows.Where(r => r.Failure is not null).GroupBy(r => r.Failure))
            ui.Result($"failed      {Format.Plural(failed.Count(), "configuration")}: {failed.Key}");
        if (results.WhyNoTest is { } why)
            ui.Result($"test        {why}");
        if (results.Test is { Accuracy: { } measured } test && test.Configuration == results.Leader?.Configuration)
        {
            var rate = measured.Interval is { } range ? Format.Rate(measured.Mean, range) : Format.Percent(measured.Mean);
            ui.Result($"test        {rate} of {test.Images} test images, measured on once");
        }

        var part = results.AllEpochs is { } all and > 0
            ? $", {Format.Percent((double)results.Epochs / all)} of the {Format.Count(all)} of all runs to their end"
            : string.Empty;
        ui.Result($"cost        {Format.Plural(results.Epochs, "epoch")}{part}");
        ui.Result($"report      {folder.Report}");
    }

    private static string Behind(SweepResults results, ConfigurationRow row)
    {
        if (row.Behind is not { } behind)
            return string.Empty;
        var (scale, format) = results.Plan.ByTop1 ? (100, "+0.0;-0.0;0.0") : (1, "+0.000;-0.000;0.000");
        string Number(double value) => Format.Number(scale * value, format);
        return behind.Interval is { } i ? $"{Number(behind.Mean)} ({Number(i.Low)} to {Number(i.High)})" : Number(behind.Mean);
    }
}
