using System.Text.Json.Nodes;

namespace FineTune.Experiment.Report.Sections;

/// <summary>Accuracy, loss and learning rate, epoch by epoch.</summary>
internal static class TrainingCurves
{
    /// <summary>The section; null where no epoch ended.</summary>
    public static Section? Of(ReportFacts facts)
    {
        var lines = MetricsFile.Lines(facts.Folder);
        Curve[] accuracy = [Of(lines, "training", 9, "train_top1", 100), Of(lines, "validation", 2, "val_top1", 100)];
        var charts = Svg.Lines("accuracy, %", "epochs", accuracy)
            + Svg.Lines("loss", "epochs", [Of(lines, "training", 9, "train_loss"), Of(lines, "validation", 3, "val_nll")])
            + Svg.Lines("learning rate", "epochs", [Of(lines, "lr", 0, "lr")]);
        return charts.Length == 0
            ? null
            : new Section(
                "training",
                "Training",
                $"<div class=\"charts\">{charts}</div>",
                "Training is measured on augmented images while the network learns from them, so it may lie below validation. "
                + "Validation that gets worse while training gets better is overfitting.");
    }

    /// <summary>A line of a chart from a run's metrics.</summary>
    /// <param name="lines">Of metrics.jsonl.</param>
    /// <param name="name">The line's name.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="key">The field.</param>
    /// <param name="scale">Factor on it.</param>
    public static Curve Of(IReadOnlyList<JsonNode> lines, string name, int color, string key, double scale = 1) =>
        new(name, color, [.. lines.Where(l => l[key] is not null).Select(l => ((double)l["epoch"]!, (double)l[key]! * scale))]);
}
