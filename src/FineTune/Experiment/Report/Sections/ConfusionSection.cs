namespace FineTune.Experiment.Report.Sections;

/// <summary>Which class was taken for which.</summary>
internal static class ConfusionSection
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts) => new(
        "confusion",
        "Confusion matrix",
        Html.Card("confusion matrix", Confusion.Render(facts.Classes, Counts(facts))),
        facts.Classes.Count <= Confusion.LargestMatrix
            ? "A row is a true class, a column what the network said. What is right is on the diagonal, in bold."
            : string.Empty);

    /// <summary>[true class, predicted class] images.</summary>
    private static int[,] Counts(ReportFacts facts)
    {
        var predictions = facts.Predictions;
        var counts = new int[predictions.Classes.Count, predictions.Classes.Count];
        for (var i = 0; i < predictions.Count; i++)
            counts[predictions.Labels[i], predictions.Predicted(i)]++;
        return counts;
    }
}
