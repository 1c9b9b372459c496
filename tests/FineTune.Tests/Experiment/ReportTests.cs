using System.Globalization;
using System.Text.RegularExpressions;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Experiment.Report;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed partial class ReportTests
{
    [Fact]
    public void The_mistakes_that_the_network_was_surest_of_come_first_and_what_is_right_is_not_among_them()
    {
        using var tiny = new TinyRun();
        using var experiment = Prepare(tiny, tiny.Recipe);
        var parts = experiment.Parts;
        long[] labels = [.. parts.Validation.Samples.Select(s => (long)s.Label)];
        // Of the first of three classes.
        double[] sure = [0.5, 0.95, 0.62, 0.99, 0.71, 0.55, 0.83, 0.9, 0.6, 0.58, 0.97, 0.77, 0.52, 0.88, 0.66];
        var predictions = new Predictions(parts.Classes, labels, [.. sure.SelectMany(p => new[] { p, (1 - p) * 0.6, (1 - p) * 0.4 })]);

        RunReport.Write(experiment, new ChosenWeights(predictions, 0), [], 1, TimeProvider.System);

        var html = File.ReadAllText(parts.Folder.Report);
        var shown = Figures().Matches(html).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        shown.ShouldBe([97, 90, 88, 83, 77, 66, 60, 58, 55, 52]); // five of the class itself are right
        html.ShouldContain("10 of 10 mistakes, surest first. Beside each is Grad-CAM of the class that the network said, "
            + "at the output of the stage layer3 (4 x 4 places)");
    }

    [Fact]
    public void A_mistake_is_named_by_its_class_folder_and_its_file_name()
    {
        using var tiny = new TinyRun();
        var folder = Path.Combine(tiny.Data, "val", "a & b");
        Directory.Move(Directory.GetDirectories(Path.Combine(tiny.Data, "val")).Order(StringComparer.Ordinal).First(), folder);
        var train = Path.Combine(tiny.Data, "train");
        Directory.Move(Directory.GetDirectories(train).Order(StringComparer.Ordinal).First(), Path.Combine(train, "a & b"));
        using var experiment = Prepare(tiny, tiny.Recipe);
        var parts = experiment.Parts;
        long[] labels = [.. parts.Validation.Samples.Select(s => (long)s.Label)];
        var predictions = new Predictions(parts.Classes, labels, [.. labels.SelectMany(_ => new[] { 0.1, 0.2, 0.7 })]);

        RunReport.Write(experiment, new ChosenWeights(predictions, 0), [], 1, TimeProvider.System);

        var html = File.ReadAllText(parts.Folder.Report);
        foreach (var file in Directory.GetFiles(folder).Select(f => Path.GetFileName(f)))
            html.ShouldContain($"<span class=\"muted\">a &amp; b/{file}</span>");
    }

    [Fact]
    public void Features_that_training_kept_are_those_that_the_network_gives()
    {
        (double X, double Y)[] Places(string cache)
        {
            using var tiny = new TinyRun();
            using var experiment = Prepare(tiny, tiny.Recipe with { Trainable = "head", Cache = cache });
            RunReport.Write(experiment, new ChosenWeights(AllAsFirst(experiment.Parts), 0), [], 1, TimeProvider.System);
            (experiment.Sources.Views > 0).ShouldBe(cache != "off");
            var html = File.ReadAllText(experiment.Parts.Folder.Report);
            return [.. Points().Matches(html).Take(15).Select(m => (Number(m, 1), Number(m, 2)))];
        }

        var (kept, computed) = (Places("auto"), Places("off"));

        kept.Select(p => p.X).ShouldBe(computed.Select(p => p.X), 0.11); // of the PCA, in tenths of a percent
        kept.Select(p => p.Y).ShouldBe(computed.Select(p => p.Y), 0.11);
        kept.Select(p => p.X).Distinct().Count().ShouldBeGreaterThan(5);

        static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"style=""left:([\d.]+)%;top:([\d.]+)%""")]
    private static partial Regex Points();

    [GeneratedRegex(@"<figure class=""two"">.*?</b> (\d+)%<br>is ", RegexOptions.Singleline)]
    private static partial Regex Figures();

    [Fact]
    public void The_page_says_what_was_made_of_what_and_how_good_it_is()
    {
        using var tiny = new TinyRun();
        using var experiment = Prepare(tiny, tiny.Recipe with { Weights = "attic" });
        var parts = experiment.Parts;
        File.WriteAllLines(parts.Folder.Metrics, [
            """{"epoch":1,"lr":0.05,"train_loss":2,"train_top1":0.5,"val_nll":1,"val_top1":0.25}""",
            """{"epoch":3,"lr":0.01,"train_loss":1,"train_top1":1,"val_nll":1.5,"val_top1":0.75}""",
        ]);

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(parts), 1), ["Try <less>.", "Try more."], 12.34, TimeProvider.System);

        var html = File.ReadAllText(parts.Folder.Report);
        html.ShouldContain("<h1>cifar_resnet20 on data</h1>");
        html.ShouldContain($"{tiny.Data}; from attic, trainable all, 3 epochs, seed 0</p>");
        html.ShouldContain("<dd class=\"big\">33.3%<small>95% interval 11.8 to 61.6%</small>");
        html.ShouldContain("<dd>15<small>one image is 6.7 percentage points</small>");
        html.ShouldContain("<dd>1.609<small>"); // (ln 1.25 + 2 ln 10) / 3
        html.ShouldContain("<dd>0.467<small>"); // 0.8 - 1/3
        html.ShouldContain("<dd>12.3 s<small>");
        html.ShouldContain("Measured with the best weights, those of epoch 2, which were chosen on these images");
        html.ShouldContain("<ul><li>Try &lt;less&gt;.</li><li>Try more.</li></ul>");
        html.ShouldContain($"<div class=\"charts\">{Charts()}</div>");
        html.ShouldContain(Confusion.Render(parts.Classes, Counts()));
        html.ShouldContain($"<pre>{Html.Escape(RecipeFile.Write(parts.Recipe))}</pre>");
        html.ShouldNotContain("What recipe auto decided");
        Sections().Matches(html).Select(m => m.Groups[1].Value).ShouldBe([.. All]);

        Curve[] Accuracy() => [new("training", 9, [(1, 50), (3, 100)]), new("validation", 2, [(1, 25), (3, 75)])];

        string Charts() => Svg.Lines("accuracy, %", "epochs", Accuracy())
            + Svg.Lines("loss", "epochs", [new("training", 9, [(1, 2), (3, 1)]), new("validation", 3, [(1, 1), (3, 1.5)])])
            + Svg.Lines("learning rate", "epochs", [new("lr", 0, [(1, 0.05), (3, 0.01)])]);

        static int[,] Counts() => new[,] { { 5, 0, 0 }, { 5, 0, 0 }, { 5, 0, 0 } };
    }

    [Theory]
    [InlineData("best", -1,
        "with the fitted head that the run began with: no epoch was better, on these images, so the numbers are optimistic.")]
    [InlineData("best", 0, "with the best weights, those of epoch 1, which were chosen on these images, so the numbers are optimistic.")]
    [InlineData("last", 2, "with the last weights, those of epoch 3.")]
    public void The_page_says_which_weights_it_is_about(string choice, int epoch, string says)
    {
        using var tiny = new TinyRun();
        using var experiment = Prepare(tiny, tiny.Recipe with { ResultWeights = choice });

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(experiment.Parts), epoch), [], 1, TimeProvider.System);

        var html = File.ReadAllText(experiment.Parts.Folder.Report);
        html.ShouldContain(says);
        html.ShouldContain("from scratch, ");
        html.ShouldNotContain(">Advice<");
    }

    [Fact]
    public void Pictures_are_small_and_one_that_is_gone_is_said_to_be()
    {
        using var tiny = new TinyRun();
        using var experiment = Prepare(tiny, tiny.Recipe);
        var parts = experiment.Parts;
        File.Delete(parts.Validation.Samples[^1].Path);

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(parts), 0), [], 1, TimeProvider.System);

        var html = File.ReadAllText(parts.Folder.Report);
        html.ShouldContain("9 of 10 mistakes");
        html.ShouldContain($"{Path.GetFileName(parts.Validation.Samples[^1].Path)} cannot be read any more");
        html.Length.ShouldBeLessThan(600_000);
    }

    [Fact]
    public void The_same_run_has_the_same_page_but_for_the_time_that_it_took()
    {
        using var tiny = new TinyRun();
        using var experiment = Prepare(tiny, tiny.Recipe);
        var parts = experiment.Parts;

        var pages = Enumerable.Range(0, 2).Select(_ =>
        {
            RunReport.Write(experiment, new ChosenWeights(AllAsFirst(parts), 0), [], 1, TimeProvider.System);
            return Took().Replace(File.ReadAllText(parts.Folder.Report), string.Empty);
        }).ToArray();

        pages[1].ShouldBe(pages[0]);
    }

    [Fact]
    public void A_vision_transformer_is_said_to_have_no_map_for_grad_cam()
    {
        using var tiny = new TinyRun();
        using var experiment = Prepare(tiny, tiny.Recipe with { Model = "vit_b_32", Input = new InputOptions { Size = 32, Resize = 32 } });

        RunReport.Write(experiment, new ChosenWeights(AllAsFirst(experiment.Parts), 0), [], 1, TimeProvider.System);

        var html = File.ReadAllText(experiment.Parts.Folder.Report);
        html.ShouldContain("There is no Grad-CAM: no stage of vit_b_32 before its head ends in a feature map with a width and a height.");
        html.ShouldNotContain("alt=\"Grad-CAM");
    }

    private static readonly string[] All =
    [
        "advice", "training", "calibration", "classes", "confusion", "pairs", "mistakes", "features", "augmentation", "freeze", "time",
        "recipe", "hashes",
    ];

    [GeneratedRegex("<h2 id=\"(.*?)\">")]
    private static partial Regex Sections();

    [GeneratedRegex("It took [0-9.]+ s to make")]
    private static partial Regex Took();

    /// <summary>A run whose result is what it begins with.</summary>
    private static FineTune.Experiment.Experiment Prepare(TinyRun tiny, Recipe recipe)
    {
        var experiment = FineTune.Experiment.Experiment.Prepare(recipe, tiny.Folder("run"));
        var parts = experiment.Parts;
        parts.Folder.Create();
        foreach (var file in new[] { parts.Folder.Best, parts.Folder.Last })
            Checkpoint.SaveWeights(file, parts.Network, parts.Classes);
        return experiment;
    }

    /// <summary>Says of every image, with 80%, that it is of the first of three classes.</summary>
    private static Predictions AllAsFirst(TrainerParts parts) => new(
        parts.Classes,
        [.. parts.Validation.Samples.Select(s => (long)s.Label)],
        [.. parts.Validation.Samples.SelectMany(_ => new[] { 0.8, 0.1, 0.1 })]);
}
