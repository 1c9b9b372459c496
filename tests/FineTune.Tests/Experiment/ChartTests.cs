using System.Text.RegularExpressions;
using FineTune.Experiment.Report;

namespace FineTune.Tests.Experiment;

/// <summary>The report's charts: 440 by 240, of which 52 to 426 and 34 to 206 are for the lines.</summary>
public sealed partial class ChartTests
{
    [Fact]
    public void Ticks_are_round_and_within_the_axis()
    {
        Ticks.Between(23, 86, 4).ShouldBe([40, 60, 80]);
        Ticks.Between(0, 0.05, 4).Select(Ticks.Text).ShouldBe(["0", "0.02", "0.04"]);
        Ticks.Between(-0.3, 0.3, 6).Select(Ticks.Text).ShouldBe(["-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3"]);
        Ticks.Between(0, 4, 4).ShouldBe([0, 1, 2, 3, 4]);
        Ticks.Between(0, 8, 4).ShouldBe([0, 2, 4, 6, 8]);
        Ticks.Between(0, 20, 4).ShouldBe([0, 5, 10, 15, 20]);
        Ticks.Between(0, 24, 4).ShouldBe([0, 10, 20]);
    }

    [Theory]
    [InlineData(2e-7, "2e-7")]
    [InlineData(9e-5, "9e-5")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(999_999, "999999")]
    [InlineData(1e6, "1e6")]
    [InlineData(0, "0")]
    public void Very_small_and_very_large_ticks_have_an_exponent(double tick, string text) => Ticks.Text(tick).ShouldBe(text);

    [Fact]
    public void Two_lines_are_drawn_with_their_grid_and_a_legend_from_the_right()
    {
        var svg = Svg.Lines(
            "loss & more", "epochs", [new("training", 9, [(1, 2), (2, 1), (3, 0)]), new("validation", 2, [(1, 1), (3, 0.5)])]);

        svg.ShouldBe(
            "<svg class=\"chart\" viewBox=\"0 0 440 240\" role=\"img\" "
            + "aria-label=\"loss &amp; more by epochs: training from 2 to 0; validation from 1 to 0.5\">"
            + "<text x=\"52\" y=\"19\" class=\"title\">loss &amp; more</text>"
            + Grid(206, "0") + Grid(163, "0.5") + Grid(120, "1") + Grid(77, "1.5") + Grid(34, "2")
            + Tick("52", "1") + Tick("239", "2") + "<text x=\"426\" y=\"228\" class=\"tick end\">3 epochs</text>"
            + "<g class=\"c2\"><polyline class=\"line d1\" points=\"52,120 426,163\"/>"
            + "<line class=\"line d1\" x1=\"322\" x2=\"342\" y1=\"15\" y2=\"15\"/>"
            + "<text x=\"426\" y=\"19\" class=\"key end\">validation</text></g>"
            + "<g class=\"c9\"><polyline class=\"line d0\" points=\"52,34 239,120 426,206\"/>"
            + "<line class=\"line d0\" x1=\"224\" x2=\"244\" y1=\"15\" y2=\"15\"/>"
            + "<text x=\"312\" y=\"19\" class=\"key end\">training</text></g></svg>");

        static string Grid(int y, string value) =>
            $"<line class=\"grid\" x1=\"52\" x2=\"426\" y1=\"{y}\" y2=\"{y}\"/><text x=\"45\" y=\"{y + 4}\" class=\"tick end\">{value}"
            + "</text>";
    }

    [Fact]
    public void Ticks_of_whole_epochs_keep_clear_of_the_title_of_the_axis()
    {
        var svg = Svg.Lines("lr", "epochs", [new("lr", 0, [(0, 1), (7, 2)])]);

        Middle().Matches(svg).Select(m => m.Value).ShouldBe(
            [Tick("52", "0"), Tick("158.9", "2"), Tick("265.7", "4")]);
        svg.ShouldNotContain("key end"); // of one line the title says all
    }

    [Fact]
    public void A_line_of_one_point_is_a_dot_and_what_is_not_finite_is_left_out()
    {
        Svg.Lines("loss", "epochs", [new("training", 0, [(1, 0.5)])])
            .ShouldContain("<circle class=\"dot\" cx=\"239\" cy=\"120\" r=\"4\"/>");
        Svg.Lines("loss", "epochs", [new("training", 0, [(1, double.NaN), (2, 1), (3, 2)])]).ShouldContain("points=\"52,206 426,34\"");
        Svg.Lines("loss", "epochs", [new("training", 0, [(1, double.NaN)])]).ShouldBeEmpty();
    }

    private static string Tick(string x, string text) => $"<text x=\"{x}\" y=\"228\" class=\"tick middle\">{text}</text>";

    [GeneratedRegex("<text [^>]*class=\"tick middle\">[^<]*</text>")]
    private static partial Regex Middle();
}
