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
    public void The_page_says_what_was_made_of_what_and_how_good_it_is()
    {
        using var tiny = new TinyRun();
        using var experiment = FineTune.Experiment.Experiment.Prepare(tiny.Recipe with { Weights = "attic" }, tiny.Folder("run"));
        var parts = experiment.Parts;
        parts.Folder.Create();
        File.WriteAllLines(parts.Folder.Metrics, [
            """{"epoch":1,"lr":0.05,"train_loss":2,"train_top1":0.5,"val_nll":1,"val_top1":0.25}""",
            """{"epoch":3,"lr":0.01,"train_loss":1,"train_top1":1,"val_nll":1.5,"val_top1":0.75}""",
        ]);

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(parts), 1), ["Try <less>.", "Try more."], 12.34);

        var html = File.ReadAllText(parts.Folder.Report);
        html.ShouldContain($"<h1>cifar_resnet20 on {tiny.Data}</h1><div class=\"muted\">from attic, trainable all, 3 epochs, seed 0, 12.3 s</div>");
        html.ShouldContain("<div class=\"big\">33.3%</div><div class=\"muted\">of 15 validation images classified correctly with the best weights, "
            + "those of epoch 2, which were chosen on these images; 95% interval 11.8 to 61.6%; one image is 6.7 percentage points. "
            + "Negative log-likelihood 1.609, calibration error 0.467.</div>"); // (ln 1.25 + 2 ln 10) / 3; 0.8 - 1/3
        html.ShouldContain("<h2>Advice</h2><ul><li>Try &lt;less&gt;.</li><li>Try more.</li></ul>");
        html.ShouldContain($"<h2>Training</h2><div class=\"charts\">{Charts()}</div>");
        html.ShouldContain($"<h2>Confusion matrix</h2><div class=\"card\">{Confusion.Render(parts.Classes, Counts())}</div>");
        html.ShouldContain($"<h2>Recipe</h2><div class=\"card\"><pre>{Html.Escape(RecipeFile.Write(parts.Recipe))}</pre></div>");
        html.ShouldNotContain("What recipe auto decided");

        string Charts() => Svg.Lines("accuracy, %", "epochs", [new("training", 9, [(1, 50), (3, 100)]), new("validation", 2, [(1, 25), (3, 75)])])
            + Svg.Lines("loss", "epochs", [new("training", 9, [(1, 2), (3, 1)]), new("validation", 3, [(1, 1), (3, 1.5)])])
            + Svg.Lines("learning rate", "epochs", [new("lr", 0, [(1, 0.05), (3, 0.01)])]);

        static int[,] Counts() => new[,] { { 5, 0, 0 }, { 5, 0, 0 }, { 5, 0, 0 } };
    }

    [Theory]
    [InlineData("best", -1, "with the fitted head that the run began with: no epoch was better, on these images;")]
    [InlineData("best", 0, "with the best weights, those of epoch 1, which were chosen on these images;")]
    [InlineData("last", 2, "with the last weights, those of epoch 3;")]
    public void The_page_says_which_weights_it_is_about(string choice, int epoch, string says)
    {
        using var tiny = new TinyRun();
        using var experiment = FineTune.Experiment.Experiment.Prepare(tiny.Recipe with { ResultWeights = choice }, tiny.Folder("run"));
        experiment.Parts.Folder.Create();

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(experiment.Parts), epoch), [], 1);

        var html = File.ReadAllText(experiment.Parts.Folder.Report);
        html.ShouldContain(says);
        html.ShouldContain("from scratch, ");
        html.ShouldNotContain("<h2>Advice</h2>");
    }

    [Theory]
    [InlineData(200_000, true)]
    [InlineData(200_001, false)]
    public void A_large_picture_of_a_mistake_is_left_out_of_the_page(int bytes, bool shown)
    {
        using var tiny = new TinyRun();
        using var experiment = FineTune.Experiment.Experiment.Prepare(tiny.Recipe, tiny.Folder("run"));
        var parts = experiment.Parts;
        parts.Folder.Create();
        foreach (var sample in parts.Validation.Samples.Skip(5))
            File.WriteAllBytes(sample.Path, new byte[bytes]);

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(parts), 0), [], 1);

        var html = File.ReadAllText(parts.Folder.Report);
        html.Contains("<figure><img alt=\"\" src=\"data:image/jpeg;base64,AAAA", StringComparison.Ordinal).ShouldBe(shown);
        Figures().Count(html).ShouldBe(10);
    }

    /// <summary>Says of every image, with 80%, that it is of the first of three classes.</summary>
    private static Predictions AllAsFirst(FineTune.Train.TrainerParts parts) => new(
        parts.Classes,
        [.. parts.Validation.Samples.Select(s => (long)s.Label)],
        [.. parts.Validation.Samples.SelectMany(_ => new[] { 0.8, 0.1, 0.1 })]);
}
