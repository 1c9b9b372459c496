using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment.Ensembles;
using FineTune.Experiment.Report;

namespace FineTune.Tests.Experiment;

/// <summary>The page of an ensemble, number by number.</summary>
public sealed class EnsemblePageTests
{
    private static readonly Score Seven = new(0.7, 1, 0.9, 0.123, 10), Eight = new(0.8, 1, 0.8, 0.1, 10), Nine = new(0.9, 1, 0.7, 0.05, 10);

    [Theory]
    [InlineData(1, 3, "p 0.625 (exact McNemar test). The difference is within what chance alone gives.")]
    [InlineData(0, 5, "p 0.063 (exact McNemar test). The difference is within what chance alone gives.")]
    [InlineData(0, 6, "p 0.031 (exact McNemar test). Chance alone seldom gives such a difference.")]
    public void The_verdict_says_how_often_chance_gives_the_difference(int onlySingle, int onlyEnsemble, string says)
    {
        var report = Report() with { OnlySingleRight = onlySingle, OnlyEnsembleRight = onlyEnsemble };
        EnsemblePage.Verdict(report).ShouldStartWith(
            "The ensemble has 90.0% on 10 test images, the best single member 70.0%: +20.0 points, " + says + " Better? ");
    }

    [Fact]
    public void The_verdict_says_what_was_chosen_on_these_images_and_what_the_run_itself_has()
    {
        var report = Report();
        EnsemblePage.Verdict(report).ShouldNotContain("chosen");
        EnsemblePage.Verdict(report).ShouldEndWith(" Better? Not shown: " + report.Verdict["not shown: ".Length..] + ".");
        EnsemblePage.Verdict(report with { Split = "val", Single = Nine, Ensemble = Eight }).ShouldContain(
            "the best single member 90.0%: -10.0 points, p 0.625 (exact McNemar test). The difference is within what chance alone gives. "
            + "The best single member was chosen on these val images, so its accuracy is optimistic. Better? No: ");
        EnsemblePage.Verdict(report with { Result = new OwnResult(Eight, new McNemar(0, 1)) })
            .ShouldContain(" gives. The run's own result has 80.0%, p 1.000 against the ensemble. Better? ");
    }

    [Fact]
    public void Each_member_has_its_score_alone_and_that_of_all_up_to_it()
    {
        var html = Written(Report(), new MethodComparison([], []));
        html.ShouldContain("<h1>Ensemble of 2: average</h1>");
        html.ShouldContain("<title>Ensemble of 2: average</title>");
        html.ShouldContain(
            "<tr><th scope=\"row\">a&lt;b&gt;</th><td>0.25</td><td>70.0% (34.8 to 93.3)</td><td>0.900</td><td></td><td></td></tr>"
            + "<tr><th scope=\"row\">002</th><td>0.75</td><td>80.0% (44.4 to 97.5)</td><td>0.800</td><td>90.0%</td><td>0.700</td></tr>");
        html.ShouldContain("One image is 10.00 points.");
        html.ShouldContain(Svg.Lines("accuracy, %", "members", [new("alone", 0, [(1, 70), (2, 80)]), new("ensemble", 1, [(2, 90)])])
            + Svg.Lines("NLL", "members", [new("alone", 0, [(1, 0.9), (2, 0.8)]), new("ensemble", 1, [(2, 0.7)])]));
        html.ShouldContain("<th scope=\"col\">member</th><th scope=\"col\">a&lt;b&gt;</th><th scope=\"col\">002</th></tr></thead><tbody>"
            + "<tr><th scope=\"row\">a&lt;b&gt;</th><td>0.0%</td><td>12.5%</td></tr>"
            + "<tr><th scope=\"row\">002</th><td>12.5%</td><td>0.0%</td></tr>");
        Markup.Problems(html).ShouldBeEmpty();
    }

    [Fact]
    public void Each_method_has_its_cost_and_its_difference_to_the_best_single_member()
    {
        var differs = new PairedBootstrap(new(0.2, new(-0.1, 0.5)), new(0, new(0, 0)), new(0, new(0, 0)));
        MethodRow[] rows =
        [
            new("single", Seven, Seven with { Nll = 0.85 }, 12.34, 1.234, 1, null, null, null),
            new("all", Nine, Nine with { Nll = 0.65 }, null, 6.17, 5, new McNemar(1, 3), differs, 0.00009),
            new("soup", Eight, Eight with { Nll = 0.75 }, 12.34, 1.2, 1, new McNemar(1, 2), differs, 0.0001) { Equivalent = 1.54 },
        ];

        var html = Written(Report(), new MethodComparison(rows, [0.9, 0.8]));

        Cells("single", "70.0% (34.8 to 93.3)", "", "", "0.900", "0.850", "0.123", "12.3", "1.23", "1", "more than 2");
        Cells("all", "90.0% (55.5 to 99.7)", "+20.0 (-10.0 to +50.0)", "&lt; 0.0001", "0.700", "0.650", "0.050", "not known", "6.17", "5",
            "more than 2");
        Cells("soup", "80.0% (44.4 to 97.5)", "+20.0 (-10.0 to +50.0)", "0.0001", "0.800", "0.750", "0.100", "12.3", "1.20", "1", "1.5");
        html.ShouldContain("All on the same test images; every choice was made on val.");
        html.ShouldContain("Worth models: ");
        html.ShouldContain(
            Svg.Lines("calibrated NLL of independent runs", "runs", [new("runs", 0, [(1, 0.9), (2, 0.8)])]) + "<div></div></div>");

        html = Written(Report(), new MethodComparison(rows, []));
        Cells("soup", "80.0% (44.4 to 97.5)", "+20.0 (-10.0 to +50.0)", "0.0001", "0.800", "0.750", "0.100", "12.3", "1.20", "1", "");
        html.ShouldContain("No independent runs were given (--against)");
        html.ShouldNotContain("of independent runs by runs");

        void Cells(string name, params string[] cells) =>
            html.ShouldContain($"<tr><th scope=\"row\">{name}</th>{string.Concat(cells.Select(c => $"<td>{c}</td>"))}</tr>");
    }

    private static string Written(EnsembleReport report, MethodComparison comparison)
    {
        var file = Path.Combine(Path.GetTempPath(), $"ensemble-{Guid.NewGuid()}.html");
        try
        {
            EnsemblePage.Write(file, report, comparison, []);
            return File.ReadAllText(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static EnsembleReport Report()
    {
        var none = new Predictions(["a", "b"], [], []);
        return new EnsembleReport(
            "average", "test", "val", [new("a<b>", Seven, null, 0.25), new("002", Eight, Nine, 0.75)], "a<b>", Seven, Nine, 1, 3)
        {
            Diversity = new(0.125, 0),
            SinglePredictions = none,
            Predictions = none,
            Disagreement = [[0, 0.125], [0.125, 0]],
        };
    }
}
