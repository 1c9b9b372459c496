using System.Text.Json.Nodes;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment;
using FineTune.Experiment.Compare;
using FineTune.Experiment.Report;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

/// <summary>Each two runs on the images that both have.</summary>
public sealed class CompareTests
{
    private static readonly string[] Classes = ["ant", "bee"];

    [Fact]
    public void Images_are_matched_by_their_hashes_in_whatever_order_they_are()
    {
        var first = Run("a", ["h1", "h2", "h3", "h4"], [0, 0, 1, 1], [0.9, 0.8, 0.4, 0.6]);
        var second = Run("b", ["h4", "h9", "h2", "h1"], [1, 0, 0, 0], [0.3, 0.5, 0.2, 0.7]);

        var pair = PairedRuns.Of([first, second]).ShouldHaveSingleItem();

        pair.Images.ShouldBe(3); // h1: both right; h2: the first alone; h4: the second alone
        pair.McNemar.ShouldBe(new McNemar(1, 1));
        pair.Bootstrap!.Top1.Value.ShouldBe(0);
        var nll = (-(Math.Log(0.9) + Math.Log(0.8) + Math.Log(0.4)) + (Math.Log(0.7) + Math.Log(0.2) + Math.Log(0.7))) / 3;
        pair.Bootstrap.Nll.Value.ShouldBe(nll, 1e-12);
    }

    [Fact]
    public void A_file_under_another_class_or_a_second_time_does_not_count()
    {
        var first = Run("a", ["h1", "h1", "h2"], [0, 0, 1], [0.9, 0.9, 0.1]);
        var second = Run("b", ["h1", "h1", "h2"], [0, 0, 0], [0.9, 0.9, 0.1]);

        PairedRuns.Of([first, second]).ShouldHaveSingleItem().Images.ShouldBe(1);
    }

    [Fact]
    public void Where_runs_cannot_be_compared_it_is_said_why()
    {
        var run = Run("a", ["h1"], [0], [0.9]);
        var other = Run("b", ["h2"], [0], [0.9]);
        var gone = new ComparedRun("c", Summary("c"), []) { NotMeasured = "The images of the run 'c' are gone." };
        var classes = Run("d", ["h1"], [0], [0.9]);
        classes = classes with { Predictions = classes.Predictions! with { Classes = ["cat", "dog"] } };

        var comparison = new RunComparison([run, other, gone, classes], PairedRuns.Of([run, other, gone, classes]));

        comparison.Pairs[0].NotCompared.ShouldBe("'a' and 'b' have no validation image in common.");
        comparison.Pairs[1].NotCompared.ShouldBe("The images of the run 'c' are gone.");
        comparison.Pairs[2].NotCompared.ShouldBe("'a' and 'd' tell other classes apart.");
        comparison.Notes.Count.ShouldBe(6);
        comparison.Notes.ShouldContain("No paired test: 'a' and 'b' have no validation image in common.");
    }

    [Fact]
    public void P_values_are_corrected_for_the_pairs_that_are_compared()
    {
        string[] hashes = [.. Enumerable.Range(0, 40).Select(k => $"h{k}")];
        long[] labels = new long[40];
        var right = Run("right", hashes, labels, [.. hashes.Select(_ => 0.9)]);
        var half = Run("half", hashes, labels, [.. hashes.Select((_, k) => k % 2 == 0 ? 0.9 : 0.1)]);
        var gone = new ComparedRun("gone", Summary("gone"), []) { NotMeasured = "Gone." };
        var wrong = Run("wrong", hashes, labels, [.. hashes.Select(_ => 0.1)]);

        var pairs = PairedRuns.Of([right, half, gone, wrong]);

        var tested = pairs.Where(p => p.McNemar is not null).ToArray();
        tested.Select(p => p.AdjustedP).ShouldBe(Holm.Adjust([.. tested.Select(p => p.McNemar!.PValue)]));
        tested.Length.ShouldBe(3);
        tested[0].AdjustedP.ShouldBe(2 * Math.Pow(0.5, 19), 1e-12); // the least significant two are alike
    }

    [Fact]
    public void Partly_the_same_images_are_said_to_be_so()
    {
        var first = Run("a", ["h1", "h2"], [0, 1], [0.9, 0.2]);
        var second = Run("b", ["h1", "h3", "h4"], [0, 1, 1], [0.9, 0.2, 0.3]);

        var comparison = new RunComparison([first, second], PairedRuns.Of([first, second]));

        comparison.Notes.ShouldBe(["'a' and 'b' have 1 of their 2 and 3 validation images in common; the paired test is on these."]);
    }

    [Fact]
    public void Copies_of_an_image_are_said_to_count_once_and_are_no_images_that_runs_do_not_share()
    {
        var first = Run("a", ["h1", "h1", "h2"], [0, 0, 1], [0.9, 0.9, 0.2]);
        var second = Run("b", ["h1", "h1", "h2"], [0, 0, 1], [0.9, 0.9, 0.7]);

        var comparison = new RunComparison([first, second], PairedRuns.Of([first, second]));

        comparison.Notes.ShouldBe(
        [
            "a: 1 of its 3 validation images are copies of others; paired tests count each image once.",
            "b: 1 of its 3 validation images are copies of others; paired tests count each image once.",
        ]);
    }

    [Fact]
    public void The_page_has_results_curves_tests_and_differences_of_the_recipes()
    {
        var epoch = JsonNode.Parse("""{"epoch":1,"val_top1":0.5,"val_nll":1,"train_loss":2}""")!;
        var first = Run("runs/<a>", ["h1", "h2"], [0, 1], [0.9, 0.2]) with { Metrics = [epoch] };
        var second = Run("runs/b", ["h1", "h2"], [0, 1], [0.9, 0.7]);
        second = second with { Summary = second.Summary! with { Recipe = second.Summary!.Recipe with { Batch = 8 } } };
        var file = Path.Combine(Path.GetTempPath(), $"compare-{Guid.NewGuid()}.html");
        try
        {
            CompareReport.Write(file, new RunComparison([first, second], PairedRuns.Of([first, second])));

            var html = File.ReadAllText(file);
            html.ShouldContain("<h1>2 runs compared</h1>");
            html.ShouldContain("<th scope=\"row\">1 runs/&lt;a&gt;</th><td>50.0%");
            html.ShouldContain("<th scope=\"row\">1 minus 2</th><td>2</td><td>+50.0 (0.0 to +100.0)</td>");
            html.ShouldContain("<td>1 : 0</td><td>1.0000</td><td>1.0000</td><td>not significant</td>");
            html.ShouldContain("<th scope=\"row\"><code>batch</code></th><td><code>32</code></td><td><code>8</code></td>");
            html.ShouldContain("validation accuracy, % by epochs");
            Markup.Problems(html).ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_saved_ensemble_stands_beside_runs_with_the_score_of_its_predictions()
    {
        var run = Run("runs/a", ["h1", "h2"], [0, 1], [0.9, 0.2]);
        var saved = Run("runs/five", ["h1", "h2"], [0, 1], [0.8, 0.6]) with { Summary = null, Members = "average of 5" };
        var file = Path.Combine(Path.GetTempPath(), $"compare-{Guid.NewGuid()}.html");
        try
        {
            CompareReport.Write(file, new RunComparison([run, saved], PairedRuns.Of([run, saved])));

            saved.Score.ShouldBe(new ComparedScore(0.5, -(Math.Log(0.8) + Math.Log(0.4)) / 2, 2));
            var html = File.ReadAllText(file);
            html.ShouldContain("<th scope=\"row\">2 runs/five</th><td>50.0% (1.3 to 98.7)</td><td>0.570</td><td>2</td><td></td>"
                + "<td>average of 5</td>");
            html.ShouldNotContain("id=\"recipes\""); // one run alone has a recipe
            Markup.Problems(html).ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A run of two classes.</summary>
    /// <param name="name">Its folder.</param>
    /// <param name="hashes">Of its validation images.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="ofFirst">Their probabilities of the first class.</param>
    private static ComparedRun Run(string name, string[] hashes, long[] labels, double[] ofFirst) => new(name, Summary(name), [])
    {
        Predictions = new Predictions(Classes, labels, [.. ofFirst.SelectMany(p => new[] { p, 1 - p })]),
        Hashes = hashes,
    };

    private static RunSummary Summary(string name) =>
        new(name, new Recipe { Data = "photos", Model = "resnet18" }, 3, 0.5, 1, 2, 0.5, 4, 10);
}
