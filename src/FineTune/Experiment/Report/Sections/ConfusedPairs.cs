using System.Text;

namespace FineTune.Experiment.Report.Sections;

/// <summary>The pairs of classes that are confused most, with images.</summary>
internal static class ConfusedPairs
{
    private const int Pairs = 6, PerPair = 5, Side = 92;

    /// <summary>The section; null where nothing was confused.</summary>
    public static Section? Of(ReportFacts facts)
    {
        var predictions = facts.Predictions;
        var pairs = Enumerable.Range(0, predictions.Count)
            .Where(i => predictions.Predicted(i) != predictions.Labels[i])
            .GroupBy(i => (True: (int)predictions.Labels[i], Said: predictions.Predicted(i)))
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .ToArray();
        if (pairs.Length == 0)
            return null;
        var html = new StringBuilder("<div class=\"columns\">");
        foreach (var pair in pairs.Take(Pairs))
        {
            var shown = pair.OrderByDescending(i => predictions.Row(i)[pair.Key.Said]).Take(PerPair);
            var all = predictions.Labels.Count(label => label == pair.Key.True);
            var (label, said) = (Html.Name(facts.Classes[pair.Key.True]), Html.Name(facts.Classes[pair.Key.Said]));
            html.Append(Html.Text($"<div><h3>{label} taken for {said}: {pair.Count()} of {all}</h3><div class=\"pictures small\">"));
            html.Append(string.Concat(shown.Select(i => Figure(facts, i, pair.Key.Said)))).Append("</div></div>");
        }

        return new Section(
            "pairs",
            "Most confused pairs",
            html.Append("</div>").ToString(),
            Html.Text($"{Math.Min(Pairs, pairs.Length)} of {pairs.Length} pairs of a true class and what it was taken for; ")
            + Html.Text($"of each, the {PerPair} images that the network was surest of."));
    }

    private static string Figure(ReportFacts facts, int image, int said)
    {
        var sample = facts.Validation[image];
        var name = facts.NameOf(sample);
        var sure = Html.Text($"{100 * facts.Predictions.Row(image)[said]:0}%");
        return $"<figure>{facts.Pictures.Of(sample, Side, name)}<figcaption>{sure}</figcaption></figure>";
    }
}
