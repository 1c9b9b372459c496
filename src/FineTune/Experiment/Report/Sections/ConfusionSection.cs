namespace FineTune.Experiment.Report.Sections;

/// <summary>Which class was taken for which.</summary>
internal static class ConfusionSection
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts) => new(
        "confusion",
        "Confusion matrix",
        $"<div class=\"card\" tabindex=\"0\" role=\"group\" aria-label=\"confusion matrix\">{Confusion.Render(facts.Classes, Counts(facts))}</div>",
        facts.Classes.Count <= Confusion.LargestMatrix ? "A row is a true class, a column what the network said. What is right is on the diagonal, in bold." : string.Empty);

    /// <summary>[true class, predicted class] images.</summary>
    public static int[,] Counts(ReportFacts facts)
    {
        var predictions = facts.Predictions;
        var counts = new int[predictions.Classes.Count, predictions.Classes.Count];
        for (var i = 0; i < predictions.Count; i++)
            counts[predictions.Labels[i], predictions.Predicted(i)]++;
        return counts;
    }
}
