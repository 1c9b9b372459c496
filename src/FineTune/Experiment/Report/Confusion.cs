using System.Globalization;
using System.Text;

namespace FineTune.Experiment.Report;

/// <summary>The confusion matrix, or above <see cref="LargestMatrix"/> classes the pairs that are confused most.</summary>
internal static class Confusion
{
    /// <summary>The most classes whose matrix is drawn.</summary>
    public const int LargestMatrix = 30;

    private const int Pairs = 40;

    /// <summary>HTML of the counts.</summary>
    /// <param name="classes">Names.</param>
    /// <param name="counts">[true class, predicted class].</param>
    public static string Render(IReadOnlyList<string> classes, int[,] counts) =>
        classes.Count <= LargestMatrix ? Matrix(classes, counts) : MostConfused(classes, counts);

    /// <summary>A row a true class, a column a predicted one, stronger where there are more.</summary>
    private static string Matrix(IReadOnlyList<string> classes, int[,] counts)
    {
        var upright = classes.Count > 10 || classes.Any(c => c.Length > 12) ? " class=\"head\"" : string.Empty;
        var table = new StringBuilder("<table class=\"confusion\"><tr><th>true \\ predicted</th>");
        foreach (var c in classes)
            table.Append(CultureInfo.InvariantCulture, $"<th{upright}><span title=\"{Html.Escape(c)}\">{Html.Name(c)}</span></th>");
        table.Append("<th>correct</th></tr>");
        for (var i = 0; i < classes.Count; i++)
        {
            var row = Total(counts, i);
            table.Append(CultureInfo.InvariantCulture, $"<tr><th title=\"{Html.Escape(classes[i])}\">{Html.Name(classes[i])}</th>");
            for (var j = 0; j < classes.Count; j++)
            {
                var share = row == 0 ? 0 : (double)counts[i, j] / row;
                var count = counts[i, j] == 0 ? "<span class=\"muted\">·</span>" : counts[i, j].ToString(CultureInfo.InvariantCulture);
                table.Append(CultureInfo.InvariantCulture, $"<td style=\"background: rgba(var(--{(i == j ? "right" : "wrong")}), {0.8 * share:0.00})\">{count}</td>");
            }

            table.Append(CultureInfo.InvariantCulture, $"<td>{Percent(counts[i, i], row)}</td></tr>");
        }

        return table.Append("</table>").ToString();
    }

    /// <summary>The pairs with most mistakes, most first.</summary>
    private static string MostConfused(IReadOnlyList<string> classes, int[,] counts)
    {
        var pairs = (from i in Enumerable.Range(0, classes.Count) from j in Enumerable.Range(0, classes.Count) where i != j && counts[i, j] > 0 select (i, j)).ToArray();
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"<div class=\"muted\">{classes.Count} classes; the {Math.Min(Pairs, pairs.Length)} of {pairs.Length} confused pairs with the most mistakes:</div><table class=\"pairs\"><tr><th>true class</th><th>predicted</th><th>images</th><th>of that class</th><th>correct</th></tr>");
        foreach (var (i, j) in pairs.OrderByDescending(p => counts[p.i, p.j]).Take(Pairs))
        {
            var row = Total(counts, i);
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{Html.Name(classes[i])}</td><td style=\"background: rgba(var(--wrong), {0.8 * counts[i, j] / row:0.00})\">{Html.Name(classes[j])}</td><td class=\"number\">{counts[i, j]}</td><td class=\"number\">{row}</td><td class=\"number\">{Percent(counts[i, i], row)}</td></tr>");
        }

        return table.Append("</table>").ToString();
    }

    private static int Total(int[,] counts, int row) => Enumerable.Range(0, counts.GetLength(1)).Sum(j => counts[row, j]);

    private static string Percent(int part, int whole) => whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0}%");
}
