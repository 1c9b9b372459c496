namespace FineTune.Experiment.Report;

/// <summary>Shapes that tell classes apart beside colours: a class has the same shape and colour in every chart of a page.</summary>
internal static class Marks
{
    private const string Ring = "<use class=\"ring\" href=\"#ring\"/>";

    private static readonly string[] Shapes =
    [
        "<circle r=\"5\"/>",
        "<path d=\"M-5-5H5V5H-5Z\"/>",
        "<path d=\"M0-6 6 5H-6Z\"/>",
        "<path d=\"M0-7 6 0 0 7-6 0Z\"/>",
        "<path d=\"M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z\"/>",
        "<path d=\"M0 6-6-5H6Z\"/>",
        "<path d=\"M-6-4-4-6 0-2 4-6 6-4 2 0 6 4 4 6 0 2-4 6-6 4-2 0Z\"/>",
    ];

    /// <summary>How many classes have a mark of their own: colours and shapes have no common divisor.</summary>
    public static int Count => Shapes.Length * Palette.Count;

    /// <summary>The shapes, to be put into a page once.</summary>
    public static string Definitions { get; } = "<svg class=\"hide\" aria-hidden=\"true\"><defs>"
        + string.Concat(Shapes.Select((s, k) => Html.Text($"<g id=\"mark{k}\">{s}</g>")))
        + "<circle id=\"ring\" r=\"8.5\"/></defs></svg>";

    /// <summary>The colour class of a class.</summary>
    public static string Color(int label) => Html.Text($"c{label % Palette.Count}");

    /// <summary>The mark of a class.</summary>
    /// <param name="label">The class.</param>
    /// <param name="ringed">Whether there is a ring around it.</param>
    public static string Of(int label, bool ringed = false)
    {
        var shape = Html.Text($"<use href=\"#mark{label % Shapes.Length}\"/>");
        return $"<svg class=\"mark\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\">{shape}{(ringed ? Ring : string.Empty)}</svg>";
    }
}
