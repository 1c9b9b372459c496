using System.Globalization;
using FineTune.Experiment.Report;

namespace FineTune.Tests.Experiment;

/// <summary>The report's table of what is taken for what.</summary>
public sealed class ConfusionTests
{
    [Fact]
    public void Rows_are_true_classes_columns_are_predicted_ones_and_a_cell_is_as_strong_as_its_part_of_the_row()
    {
        string Row(string name, string cells, string correct) =>
            $"<tr><th scope=\"row\" title=\"{name}\">{name}</th>{cells}<td>{correct}</td></tr>";
        string Cell(string kind, string strength, string count) =>
            $"<td class=\"{kind}\" style=\"background: rgba(var(--{kind}), {strength})\">{count}</td>";
        var none = Cell("wrong", "0.00", Dot);

        Confusion.Render(["a", "<b>", "c"], new[,] { { 3, 1, 0 }, { 0, 0, 0 }, { 2, 0, 2 } }).ShouldBe(
            "<table class=\"confusion\"><thead><tr><th scope=\"col\">true \\ predicted</th>"
            + "<th scope=\"col\"><span title=\"a\">a</span></th><th scope=\"col\"><span title=\"&lt;b&gt;\">&lt;b&gt;</span></th>"
            + "<th scope=\"col\"><span title=\"c\">c</span></th><th scope=\"col\">correct</th></tr></thead><tbody>"
            + Row("a", Cell("right", "0.34", "3") + Cell("wrong", "0.11", "1") + none, "75%")
            + Row("&lt;b&gt;", none + Cell("right", "0.00", Dot) + none, "–")
            + Row("c", Cell("wrong", "0.23", "2") + none + Cell("right", "0.23", "2"), "50%")
            + "</tbody></table>");
    }

    [Theory]
    [InlineData(10, "twelve_chars", false)]
    [InlineData(11, "short", true)]
    [InlineData(2, "thirteen_char", true)]
    public void Names_of_many_or_long_classes_stand_upright(int classes, string last, bool upright)
    {
        var html = Confusion.Render([.. Names(classes - 1), last], new int[classes, classes]);

        html.Contains("<th scope=\"col\" class=\"head\"><span", StringComparison.Ordinal).ShouldBe(upright);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void A_matrix_has_at_most_thirty_classes(int classes, bool matrix) =>
        Confusion.Render(Names(classes), new int[classes, classes]).Contains("class=\"confusion\"", StringComparison.Ordinal)
            .ShouldBe(matrix);

    [Fact]
    public void Above_thirty_classes_the_most_confused_pairs_are_shown()
    {
        var counts = new int[120, 120];
        (counts[7, 7], counts[7, 9], counts[3, 4]) = (5, 2, 1);

        Confusion.Render(Names(120), counts).ShouldBe(
            "<p class=\"muted\">120 classes; the 2 of 2 confused pairs with the most mistakes:</p><table class=\"list\">"
            + "<thead><tr><th scope=\"col\">true class</th><th scope=\"col\">predicted</th><th scope=\"col\">images</th>"
            + "<th scope=\"col\">of that class</th>"
            + "<th scope=\"col\">correct</th></tr></thead><tbody>"
            + "<tr><th scope=\"row\">class7</th><td class=\"t\" style=\"background: rgba(var(--wrong), 0.13)\">class9</td>"
            + "<td>2</td><td>7</td><td>71%</td></tr>"
            + "<tr><th scope=\"row\">class3</th><td class=\"t\" style=\"background: rgba(var(--wrong), 0.45)\">class4</td>"
            + "<td>1</td><td>1</td><td>0%</td></tr></tbody></table>");
    }

    [Fact]
    public void Of_many_confused_pairs_forty_are_shown()
    {
        var counts = new int[46, 46];
        for (var i = 0; i < 45; i++)
            counts[i, i + 1] = i + 1;

        var html = Confusion.Render(Names(46), counts);

        html.ShouldContain("46 classes; the 40 of 45 confused pairs with the most mistakes");
        html.ShouldContain(">class5<");
        html.ShouldNotContain(">class4<");
    }

    [Fact]
    public void A_long_class_name_is_shortened()
    {
        var name = $"{new string('a', 100)}{new string('z', 100)}";
        var confused = new int[41, 41];
        confused[0, 1] = 3;

        var html = Confusion.Render([name, "bee"], new[,] { { 1, 1 }, { 0, 2 } });

        html.ShouldContain($"<th scope=\"row\" title=\"{name}\">aaa");
        html.ShouldNotContain($">{name}<");
        Confusion.Render([name, .. Names(40)], confused).ShouldNotContain($">{name}<");
    }

    private const string Dot = "<span class=\"muted\">·</span>";

    private static string[] Names(int count) =>
        [.. Enumerable.Range(0, count).Select(k => string.Create(CultureInfo.InvariantCulture, $"class{k}"))];
}
