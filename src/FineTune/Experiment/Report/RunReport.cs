using System.Text;
using System.Text.Json.Nodes;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Train;

namespace FineTune.Experiment.Report;

/// <summary>report.html: what a person wants to see of a finished run, on one page that stands alone.</summary>
internal static class RunReport
{
    private const int Mistakes = 24;
    private const long LargestPicture = 200_000; // bytes of a picture that is put into the page

    /// <summary>Writes the page.</summary>
    /// <param name="experiment">The run.</param>
    /// <param name="chosen">The run's result.</param>
    /// <param name="advice">What stood out.</param>
    /// <param name="seconds">How long training took.</param>
    public static void Write(Experiment experiment, ChosenWeights chosen, IReadOnlyList<string> advice, double seconds)
    {
        var (parts, predictions) = (experiment.Parts, chosen.Predictions);
        var score = Score.Of(predictions);
        var lines = MetricsFile.Lines(parts.Folder);
        var body = new StringBuilder();
        var recipe = parts.Recipe;
        body.Append(Invariant($"<h1>{Html.Escape(recipe.Model)} on {Html.Escape(recipe.Data)}</h1><div class=\"muted\">from {Html.Escape(recipe.Weights ?? "scratch")}, trainable {Html.Escape(recipe.Trainable)}, {recipe.Epochs} epochs, seed {recipe.Seed}, {seconds:0.0} s</div>"));
        body.Append(Invariant($"<div class=\"big\">{100 * score.Top1:0.0}%</div><div class=\"muted\">of {score.N} validation images classified correctly with {Which(recipe, chosen)}; 95% interval {100 * score.Top1Interval.Low:0.0} to {100 * score.Top1Interval.High:0.0}%; one image is {100.0 / score.N:0.0} percentage points. Negative log-likelihood {score.Nll:0.000}, calibration error {score.Ece:0.000}.</div>"));
        foreach (var note in experiment.Notes)
            body.Append(Invariant($"<div class=\"muted\">{Html.Escape(note)}</div>"));
        if (advice.Count > 0)
            body.Append("<h2>Advice</h2><ul>").Append(string.Concat(advice.Select(a => $"<li>{Html.Escape(a)}</li>"))).Append("</ul>");
        body.Append("<h2>Training</h2><div class=\"charts\">");
        body.Append(Svg.Lines("accuracy, %", "epochs", [Curve(lines, "training", 9, "train_top1", 100), Curve(lines, "validation", 2, "val_top1", 100)]));
        body.Append(Svg.Lines("loss", "epochs", [Curve(lines, "training", 9, "train_loss", 1), Curve(lines, "validation", 3, "val_nll", 1)]));
        body.Append(Svg.Lines("learning rate", "epochs", [Curve(lines, "lr", 0, "lr", 1)]));
        body.Append("</div><h2>Confusion matrix</h2><div class=\"card\">");
        body.Append(Confusion.Render(parts.Classes, Counts(predictions))).Append("</div>");
        body.Append(MistakeGallery(parts, predictions));
        if (experiment.Plan is { } plan)
        {
            body.Append("<h2>What recipe auto decided</h2><div class=\"card\"><table>");
            foreach (var d in plan.Decisions)
                body.Append(Invariant($"<tr><td><b>{Html.Escape(d.What)}</b></td><td>{Html.Escape(d.Value)}</td><td class=\"muted\">{Html.Escape(d.Reason)}</td></tr>"));
            body.Append("</table></div>");
        }

        body.Append("<h2>Recipe</h2><div class=\"card\"><pre>").Append(Html.Escape(RecipeFile.Write(recipe))).Append("</pre></div>");
        AtomicFile.WriteText(parts.Folder.Report, Html.Page($"{recipe.Model} on {recipe.Data}", body.ToString()));
    }

    private static string Which(Recipe recipe, ChosenWeights chosen) =>
        chosen.Epoch < 0 ? "the fitted head that the run began with: no epoch was better, on these images"
        : recipe.ResultWeights == "best" ? Invariant($"the best weights, those of epoch {chosen.Epoch + 1}, which were chosen on these images")
        : Invariant($"the last weights, those of epoch {chosen.Epoch + 1}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static Curve Curve(IReadOnlyList<JsonNode> lines, string name, int color, string key, double scale) =>
        new(name, color, [.. lines.Where(l => l[key] is not null).Select(l => ((double)l["epoch"]!, (double)l[key]! * scale))]);

    private static int[,] Counts(Predictions predictions)
    {
        var counts = new int[predictions.Classes.Count, predictions.Classes.Count];
        for (var i = 0; i < predictions.Count; i++)
            counts[predictions.Labels[i], predictions.Predicted(i)]++;
        return counts;
    }

    /// <summary>The most confident mistakes: often a wrong label, or a picture of two things.</summary>
    private static string MistakeGallery(TrainerParts parts, Predictions predictions)
    {
        var wrong = Enumerable.Range(0, predictions.Count)
            .Where(i => predictions.Predicted(i) != predictions.Labels[i])
            .OrderByDescending(i => predictions.Row(i)[predictions.Predicted(i)])
            .Take(Mistakes)
            .ToArray();
        if (wrong.Length == 0)
            return string.Empty;
        var html = new StringBuilder("<h2>Most confident mistakes</h2><div class=\"mistakes\">");
        foreach (var i in wrong)
        {
            var sample = parts.Validation.Samples[i];
            var k = predictions.Predicted(i);
            var (said, label) = (parts.Classes[k], parts.Classes[sample.Label]);
            var name = $"{ShortText.Of(label)}/{Path.GetFileName(sample.Path)}"; // a class is a folder
            html.Append(Invariant($"<figure>{Picture(sample)}<b>{Html.Name(said)}</b> {100 * predictions.Row(i)[k]:0}%<br>"));
            html.Append(Invariant($"is {Html.Name(label)}<br><span class=\"muted\">{Html.Escape(name)}</span></figure>"));
        }

        return html.Append("</div>").ToString();
    }

    private static string Picture(Sample sample)
    {
        if (new FileInfo(sample.Path).Length > LargestPicture)
            return string.Empty;
        var type = Path.GetExtension(sample.Path).ToUpperInvariant() switch { ".PNG" => "png", ".WEBP" => "webp", ".BMP" => "bmp", _ => "jpeg" };
        return $"<img alt=\"\" src=\"data:image/{type};base64,{Convert.ToBase64String(RegularFile.Bytes(sample.Path))}\">";
    }
}
