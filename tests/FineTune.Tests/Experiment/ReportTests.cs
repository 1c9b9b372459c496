using FineTune.Experiment.Report;

namespace FineTune.Tests.Experiment;

public sealed class ReportTests
{
    [Fact]
    public void Ticks_are_round_and_within_the_axis()
    {
        Ticks.Between(23, 86, 4).ShouldBe([40, 60, 80]);
        Ticks.Between(0, 0.05, 4).Select(Ticks.Text).ShouldBe(["0", "0.02", "0.04"]);
        Ticks.Between(-0.3, 0.3, 6).Select(Ticks.Text).ShouldBe(["-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3"]);
        Ticks.Text(2e-7).ShouldBe("2e-7");
    }

    [Fact]
    public void Above_thirty_classes_only_the_most_confused_pairs_are_shown()
    {
        var small = new int[3, 3];
        small[0, 1] = 2;
        Confusion.Render(["ant", "<bee>", "cat"], small).ShouldContain("&lt;bee&gt;");
        var names = Enumerable.Range(0, 120).Select(k => $"class{k}").ToArray();
        var counts = new int[120, 120];
        (counts[7, 7], counts[7, 9], counts[3, 4]) = (5, 2, 1);
        var html = Confusion.Render(names, counts);
        html.IndexOf("class7", StringComparison.Ordinal).ShouldBeLessThan(html.IndexOf("class3", StringComparison.Ordinal));
        html.ShouldNotContain("class50");
        html.ShouldContain("71%");
    }

    [Fact]
    public void A_chart_of_one_epoch_or_of_losses_that_are_no_number_is_drawn()
    {
        Svg.Lines("loss", "epochs", [new Curve("training", 0, [(1, 0.5)])]).ShouldContain("<circle");
        Svg.Lines("loss", "epochs", [new Curve("training", 0, [(1, double.NaN), (2, 1), (3, 2)])]).ShouldNotContain("NaN");
        Svg.Lines("loss", "epochs", [new Curve("training", 0, [(1, double.NaN)])]).ShouldBeEmpty();
    }
}
