using System.Globalization;
using FineTune.Experiment.Report;

namespace FineTune.Tests.Experiment;

/// <summary>The report's table of what is taken for what.</summary>
public sealed class ConfusionTests
{
    [Fact]
    public void Rows_are_true_classes_columns_are_predicted_ones_and_a_cell_is_as_strong_as_its_part_of_the_row()
    {
        string Row(string name, string cells, string correct) => $"<tr><th title=\"{name}\">{name}</th>{cells}<td>{correct}</td></tr>";
        string Cell(string kind, string strength, string count) => $"<td style=\"background: rgba(var(--{kind}), {strength})\">{count}</td>";
        var none = Cell("wrong", "0.00", Dot);

        Confusion.Render(["a", "<b>", "c"], new[,] { { 3, 1, 0 }, { 0, 0, 0 }, { 2, 0, 2 } }).ShouldBe(
            "<table class=\"confusion\"><tr><th>true \\ predicted</th>"
            + "<th><span title=\"a\">a</span></th><th><span title=\"&lt;b&gt;\">&lt;b&gt;</span></th><th><span title=\"c\">c</span></th><th>correct</th></tr>"
            + Row("a", Cell("right", "0.60", "3") + Cell("wrong", "0.20", "1") + none, "75%")
            + Row("&lt;b&gt;", none + Cell("right", "0.00", Dot) + none, "–")
            + Row("c", Cell("wrong", "0.40", "2") + none + Cell("right", "0.40", "2"), "50%")
            + "</table>");
    }

    [Theory]
    [InlineData(10, "twelve_chars", false)]
    [InlineData(11, "short", true)]
    [InlineData(2, "thirteen_char", true)]
    public void Names_of_many_or_long_classes_stand_upright(int classes, string last, bool upright)
    {
        var html = Confusion.Render([.. Names(classes - 1), last], new int[classes, classes]);

        html.Contains("<th class=\"head\"><span", StringComparison.Ordinal).ShouldBe(upright);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void A_matrix_has_at_most_thirty_classes(int classes, bool matrix) =>
        Confusion.Render(Names(classes), new int[classes, classes]).Contains("class=\"confusion\"", StringComparison.Ordinal).ShouldBe(matrix);

    [Fact]
    public void Above_thirty_classes_the_most_confused_pairs_are_shown()
    {
        var counts = new int[120, 120];
        (counts[7, 7], counts[7, 9], counts[3, 4]) = (5, 2, 1);

        Confusion.Render(Names(120), counts).ShouldBe(
            "<div class=\"muted\">120 classes; the 2 of 2 confused pairs with the most mistakes:</div><table class=\"pairs\">"
            + "<tr><th>true class</th><th>predicted</th><th>images</th><th>of that class</th><th>correct</th></tr>"
            + "<tr><td>class7</td><td style=\"background: rgba(var(--wrong), 0.23)\">class9</td>"
            + "<td class=\"number\">2</td><td class=\"number\">7</td><td class=\"number\">71%</td></tr>"
            + "<tr><td>class3</td><td style=\"background: rgba(var(--wrong), 0.80)\">class4</td>"
            + "<td class=\"number\">1</td><td class=\"number\">1</td><td class=\"number\">0%</td></tr></table>");
    }

    [Fact]
    public void Of_many_confused_pairs_forty_are_shown()
    {
        var counts = new int[46, 46];
        for (var i = 0; i < 45; i++)
            counts[i, i + 1] = i + 1;

        var html = Confusion.Render(Names(46), counts);

        html.ShouldContain("46 classes; the 40 of 45 confused pairs with the most mistakes");
        html.ShouldContain("<td>class5</td>");
        html.ShouldNotContain("<td>class4</td>");
    }

    [Fact]
    public void A_long_class_name_is_shortened()
    {
        var name = $"{new string('a', 100)}{new string('z', 100)}";
        var confused = new int[41, 41];
        confused[0, 1] = 3;

        var html = Confusion.Render([name, "bee"], new[,] { { 1, 1 }, { 0, 2 } });

        html.ShouldContain($"<th title=\"{name}\">aaa");
        html.ShouldNotContain($">{name}<");
        Confusion.Render([name, .. Names(40)], confused).ShouldNotContain($">{name}<");
    }

    private const string Dot = "<span class=\"muted\">·</span>";

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(k => string.Create(CultureInfo.InvariantCulture, $"class{k}"))];
}
