using System.Globalization;
using System.Text.RegularExpressions;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Experiment.Report;
using FineTune.Tests.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name)]
public sealed partial class ReportTests
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
    public void A_long_class_name_is_shortened_in_the_confusion_matrix()
    {
        var name = $"{new string('a', 100)}{new string('z', 100)}";
        var counts = new int[,] { { 1, 1 }, { 0, 2 } };

        var html = Confusion.Render([name, "bee"], counts);

        html.ShouldContain($"<th title=\"{name}\">aaa");
        html.ShouldNotContain($">{name}<");
        Confusion.Render([name, .. Enumerable.Range(0, 40).Select(k => $"class{k}")], Confused(41)).ShouldNotContain($">{name}<");
    }

    private static int[,] Confused(int classes)
    {
        var counts = new int[classes, classes];
        counts[0, 1] = 3;
        return counts;
    }

    [Fact]
    public void The_mistakes_that_the_network_was_surest_of_come_first_and_what_is_right_is_not_among_them()
    {
        using var tiny = new TinyRun();
        using var experiment = FineTune.Experiment.Experiment.Prepare(tiny.Recipe, tiny.Folder("run"));
        var parts = experiment.Parts;
        parts.Folder.Create();
        long[] labels = [.. parts.Validation.Samples.Select(s => (long)s.Label)];
        double[] sure = [0.5, 0.95, 0.62, 0.99, 0.71, 0.55, 0.83, 0.9, 0.6, 0.58, 0.97, 0.77, 0.52, 0.88, 0.66]; // of the first of three classes
        var predictions = new Predictions(parts.Classes, labels, [.. sure.SelectMany(p => new[] { p, (1 - p) * 0.6, (1 - p) * 0.4 })]);

        RunReport.Write(experiment, new ChosenWeights(predictions, 0), [], 1);

        var html = File.ReadAllText(parts.Folder.Report);
        var shown = Figures().Matches(html).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        shown.ShouldBe([97, 90, 88, 83, 77, 66, 60, 58, 55, 52]); // five of the class itself are right
        html.ShouldContain("<h2>Most confident mistakes</h2>");
        html.ShouldContain("<h2>Confusion matrix</h2>");
    }

    [Fact]
    public void A_mistake_is_named_by_its_class_folder_and_its_file_name()
    {
        using var tiny = new TinyRun();
        var folder = Path.Combine(tiny.Data, "val", "a & b");
        Directory.Move(Directory.GetDirectories(Path.Combine(tiny.Data, "val")).Order(StringComparer.Ordinal).First(), folder);
        Directory.Move(Directory.GetDirectories(Path.Combine(tiny.Data, "train")).Order(StringComparer.Ordinal).First(), Path.Combine(tiny.Data, "train", "a & b"));
        using var experiment = FineTune.Experiment.Experiment.Prepare(tiny.Recipe, tiny.Folder("run"));
        var parts = experiment.Parts;
        parts.Folder.Create();
        long[] labels = [.. parts.Validation.Samples.Select(s => (long)s.Label)];
        var predictions = new Predictions(parts.Classes, labels, [.. labels.SelectMany(_ => new[] { 0.1, 0.2, 0.7 })]);

        RunReport.Write(experiment, new ChosenWeights(predictions, 0), [], 1);

        var html = File.ReadAllText(parts.Folder.Report);
        foreach (var file in Directory.GetFiles(folder).Select(f => Path.GetFileName(f)))
            html.ShouldContain($"<span class=\"muted\">a &amp; b/{file}</span>");
    }

    [GeneratedRegex(@"<figure>.*?</b> (\d+)%<br>is ", RegexOptions.Singleline)]
    private static partial Regex Figures();

    [Fact]
    public void A_chart_of_one_epoch_or_of_losses_that_are_no_number_is_drawn()
    {
        Svg.Lines("loss", "epochs", [new Curve("training", 0, [(1, 0.5)])]).ShouldContain("<circle");
        Svg.Lines("loss", "epochs", [new Curve("training", 0, [(1, double.NaN), (2, 1), (3, 2)])]).ShouldNotContain("NaN");
        Svg.Lines("loss", "epochs", [new Curve("training", 0, [(1, double.NaN)])]).ShouldBeEmpty();
    }
}
