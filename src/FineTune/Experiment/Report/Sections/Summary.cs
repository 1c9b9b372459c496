using System.Text;
using FineTune.Evaluate;
using FineTune.Train;

namespace FineTune.Experiment.Report.Sections;

/// <summary>The head of a report: what was trained on what, and how good it is.</summary>
internal static class Summary
{
    /// <summary>HTML of the page's head.</summary>
    public static string Render(ReportFacts facts)
    {
        var (recipe, score) = (facts.Recipe, Score.Of(facts.Predictions));
        var html = new StringBuilder("<header>");
        html.Append($"<h1>{Html.Escape(recipe.Model)} on {Html.Escape(DataName(recipe))}</h1><p class=\"muted break\">");
        html.Append($"{Html.Escape(Printable.Of(recipe.Data))}; from {Html.Escape(Printable.Of(recipe.Weights ?? "scratch"))}, ");
        html.Append(Html.Text($"trainable {Html.Escape(recipe.Trainable)}, {recipe.Epochs} epochs, seed {recipe.Seed}</p></header>\n"));
        html.Append("<dl class=\"tiles\"><div class=\"wide\"><dt>validation images classified correctly</dt>");
        html.Append(Html.Text($"<dd class=\"big\">{100 * score.Top1:0.0}%"));
        var interval = score.Top1Interval;
        html.Append(Html.Text($"<small>95% interval {100 * interval.Low:0.0} to {100 * interval.High:0.0}%</small></dd></div>"));
        html.Append(Tile("validation images", Html.Text($"{score.N}"), Html.Text($"one image is {100.0 / score.N:0.0} percentage points")));
        html.Append(Tile("negative log-likelihood", Html.Text($"{score.Nll:0.000}"), "lower is better"));
        html.Append(Tile("calibration error (ECE)", Html.Text($"{score.Ece:0.000}"), "0: confidence is accuracy"));
        html.Append(Tile("training", Html.Text($"{facts.Seconds:0.0} s"), "with validation")).Append("</dl>");
        html.Append(Html.Text($"<p class=\"muted\">Measured with {Which(recipe, facts.Chosen)}.</p>"));
        foreach (var note in facts.Experiment.Notes)
            html.Append($"<p class=\"warn break\">{Html.Escape(Printable.Of(note))}</p>");
        if (LeftOut(facts.Experiment.Dataset.LeftOut) is { } leftOut)
            html.Append($"<p class=\"muted break\">{Html.Escape(Printable.Of(leftOut))}</p>");
        return html.ToString();
    }

    private static string? LeftOut(IReadOnlyList<Data.LeftOutFile> files)
    {
        const int Few = 5;
        var more = files.Count > Few ? $"; {files.Count - Few} more, listed in images.json" : string.Empty;
        return files.Count == 0 ? null
            : $"Left out: {string.Join("; ", files.Take(Few).Select(f => $"{f.Path} ({f.Reason})"))}{more}.";
    }

    /// <summary>What the data are called: the name of their folder.</summary>
    public static string DataName(Recipe recipe) =>
        Printable.Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(recipe.Data)) is { Length: > 0 } name ? name : recipe.Data);

    private static string Tile(string label, string value, string note) =>
        $"<div><dt>{label}</dt><dd>{value}<small>{note}</small></dd></div>";

    private static string Which(Recipe recipe, ChosenWeights chosen)
    {
        if (chosen.Epoch < 0)
            return "the fitted head that the run began with: no epoch was better, on these images, so the numbers are optimistic";
        return recipe.ResultWeights == "best"
            ? Html.Text($"the best weights, those of epoch {chosen.Epoch + 1}, ")
                + "which were chosen on these images, so the numbers are optimistic"
            : Html.Text($"the last weights, those of epoch {chosen.Epoch + 1}");
    }
}
