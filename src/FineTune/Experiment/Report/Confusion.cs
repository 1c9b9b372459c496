using System.Text;

namespace FineTune.Experiment.Report;

/// <summary>The confusion matrix, or above <see cref="LargestMatrix"/> classes the pairs that are confused most.</summary>
internal static class Confusion
{
    /// <summary>The most classes whose matrix is drawn.</summary>
    public const int LargestMatrix = 30;

    private const int Pairs = 40;
    private const double Strongest = 0.45; // of a cell's colour: more leaves too little contrast to the number on it

    private static readonly string[] PairColumns = ["true class", "predicted", "images", "of that class", "correct"];

    /// <summary>HTML of the counts.</summary>
    /// <param name="classes">Names.</param>
    /// <param name="counts">[true class, predicted class].</param>
    public static string Render(IReadOnlyList<string> classes, int[,] counts) =>
        classes.Count <= LargestMatrix ? Matrix(classes, counts) : MostConfused(classes, counts);

    /// <summary>A row a true class, a column a predicted one, stronger where there are more.</summary>
    private static string Matrix(IReadOnlyList<string> classes, int[,] counts)
    {
        var upright = classes.Count > 10 || classes.Any(c => c.Length > 12) ? " class=\"head\"" : string.Empty;
        var table = new StringBuilder("<table class=\"confusion\"><thead><tr><th scope=\"col\">true \\ predicted</th>");
        foreach (var c in classes)
            table.Append($"<th scope=\"col\"{upright}><span title=\"{Title(c)}\">{Html.Name(c)}</span></th>");
        table.Append("<th scope=\"col\">correct</th></tr></thead><tbody>");
        for (var i = 0; i < classes.Count; i++)
        {
            var row = Total(counts, i);
            table.Append($"<tr><th scope=\"row\" title=\"{Title(classes[i])}\">{Html.Name(classes[i])}</th>");
            for (var j = 0; j < classes.Count; j++)
            {
                var strength = row == 0 ? 0 : Strongest * counts[i, j] / row;
                var count = counts[i, j] == 0 ? "<span class=\"muted\">·</span>" : Html.Text($"{counts[i, j]}");
                var kind = i == j ? "right" : "wrong";
                table.Append(Html.Text($"<td class=\"{kind}\" style=\"background: rgba(var(--{kind}), {strength:0.00})\">{count}</td>"));
            }

            table.Append($"<td>{Percent(counts[i, i], row)}</td></tr>");
        }

        return table.Append("</tbody></table>").ToString();
    }

    /// <summary>The pairs with most mistakes, most first.</summary>
    private static string MostConfused(IReadOnlyList<string> classes, int[,] counts)
    {
        var all = Enumerable.Range(0, classes.Count);
        var pairs = (from i in all from j in all where i != j && counts[i, j] > 0 select (i, j)).ToArray();
        var most = Math.Min(Pairs, pairs.Length);
        var table = new StringBuilder(Html.Text($"<p class=\"muted\">{classes.Count} classes; "));
        table.Append(Html.Text($"the {most} of {pairs.Length} confused pairs with the most mistakes:</p>"));
        table.Append("<table class=\"list\"><thead><tr>");
        table.Append(string.Concat(PairColumns.Select(h => $"<th scope=\"col\">{h}</th>"))).Append("</tr></thead><tbody>");
        foreach (var (i, j) in pairs.OrderByDescending(p => counts[p.i, p.j]).Take(Pairs))
        {
            var row = Total(counts, i);
            var strength = Html.Text($"background: rgba(var(--wrong), {Strongest * counts[i, j] / row:0.00})");
            table.Append($"<tr><th scope=\"row\">{Html.Name(classes[i])}</th>");
            table.Append($"<td class=\"t\" style=\"{strength}\">{Html.Name(classes[j])}</td>");
            table.Append(Html.Text($"<td>{counts[i, j]}</td><td>{row}</td><td>{Percent(counts[i, i], row)}</td></tr>"));
        }

        return table.Append("</tbody></table>").ToString();
    }

    private static string Title(string name) => Html.Escape(Printable.Of(name));

    private static int Total(int[,] counts, int row) => Enumerable.Range(0, counts.GetLength(1)).Sum(j => counts[row, j]);

    private static string Percent(int part, int whole) => whole == 0 ? "–" : Html.Text($"{100.0 * part / whole:0}%");
}
