using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FineTune.Diagnose;
using FineTune.Evaluate;
using FineTune.Evaluate.Metrics;
using FineTune.Experiment;
using FineTune.Experiment.Report;
using FineTune.Experiment.Report.Sections;
using FineTune.Images;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

/// <summary>The sections of a report, number by number, on what was said of 15 images of three classes.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed partial class ReportSectionTests : IDisposable
{
    /// <summary>What was said of each image, five of each class after one another, and how surely.</summary>
    private static readonly (int Class, double Sure)[] Said =
    [
        (0, 0.95), (0, 0.85), (0, 0.55), (1, 0.65), (2, 0.45),
        (1, 0.99), (1, 0.75), (0, 0.86), (0, 0.62), (0, 0.51),
        (2, 0.42), (2, 0.97), (0, 0.71), (1, 0.88), (1, 0.52),
    ];

    private readonly TinyRun _tiny = new();
    private readonly List<IDisposable> _open = [];

    [Fact]
    public void A_class_has_its_precision_recall_and_F1()
    {
        var facts = Facts();
        var html = Rendered(PerClass.Of(facts));

        Row(0, "0.429", "0.600", "0.500", 60, "14.7 to 94.7%"); // 3 of 5, 3 of the 7 that were called so
        Row(1, "0.400", "0.400", "0.400", 40, "5.3 to 85.3%");
        Row(2, "0.667", "0.400", "0.500", 40, "5.3 to 85.3%");
        var report = ClassificationReport.Of(facts.Predictions);
        html.ShouldContain(Html.Text($"Mean over the classes: accuracy 46.7%, F1 0.467, AUROC {report.Auroc:0.000}."));

        void Row(int k, string precision, string recall, string f1, int percent, string interval) => html.ShouldContain(
            $"<tr><th scope=\"row\">{Html.Name(facts.Classes[k])}</th><td>5</td><td>{precision}</td><td>{recall}</td><td>{f1}</td>"
            + Html.Text($"<td><span class=\"meter\" aria-hidden=\"true\"><i style=\"width:{percent}%\"></i></span>{percent}.0%</td>")
            + $"<td>{interval}</td>"
            + Html.Text($"<td>{ClassificationReport.Of(facts.Predictions).PerClass[k].Auroc:0.000}</td></tr>"));
    }

    [Fact]
    public void A_class_without_images_has_no_interval_and_no_curve()
    {
        var facts = Facts(p => p.Of([.. Enumerable.Range(0, 10)]));
        Rendered(PerClass.Of(facts)).ShouldContain("0.0%</td><td>no images</td><td>–</td></tr>", Case.Sensitive,
            "of the third class, which none of the ten images is of");
    }

    [Fact]
    public void A_bin_of_confidence_has_its_accuracy_with_its_interval_and_how_much_too_sure_it_is()
    {
        var facts = Facts();
        var html = Rendered(Calibration.Of(facts));

        html.ShouldContain("<tbody>"
            + Row("40-50%", 2, "43.5%", "50.0% (1 to 99)", "-6.5")
            + Row("50-60%", 3, "52.7%", "33.3% (1 to 91)", "+19.3")
            + Row("60-70%", 2, "63.5%", "0.0% (0 to 84)", "+63.5")
            + Row("70-80%", 2, "73.0%", "50.0% (1 to 99)", "+23.0")
            + Row("80-90%", 3, "86.3%", "33.3% (1 to 91)", "+53.0")
            + Row("90-100%", 3, "97.0%", "100.0% (29 to 100)", "-3.0")
            + "</tbody>");
        html.ShouldContain(Html.Text($"The mean gap is {CalibrationError.EqualWidth(facts.Predictions):0.000} over 15 bins (ECE), "));
        html.ShouldContain(Html.Text($"and {CalibrationError.EqualMass(facts.Predictions):0.000} over bins of equally many images."));

        static string Row(string bin, int images, string confidence, string accuracy, string tooSure) => Html.Text(
            $"<tr><th scope=\"row\">{bin}</th><td>{images}</td><td>{confidence}</td><td>{accuracy}</td><td>{tooSure}</td></tr>");
    }

    /// <summary>A part p of an axis lies at x = 52 + 374 p and at y = 250 - 216 p.</summary>
    [Fact]
    public void The_reliability_diagram_has_a_bar_a_count_a_whisker_and_a_diamond_where_the_numbers_are()
    {
        var html = Rendered(Calibration.Of(Facts()));

        html.ShouldContain("<text x=\"52\" y=\"19\" class=\"title\">accuracy by confidence, %</text>"
            + "<line class=\"grid\" x1=\"52\" x2=\"426\" y1=\"250\" y2=\"250\"/><text x=\"45\" y=\"254\" class=\"tick end\">0</text>"
            + "<text x=\"52\" y=\"320\" class=\"tick middle\">0</text>");
        html.ShouldContain(
            "<line class=\"grid\" x1=\"52\" x2=\"426\" y1=\"88\" y2=\"88\"/><text x=\"45\" y=\"92\" class=\"tick end\">75</text>"
            + "<text x=\"332.5\" y=\"320\" class=\"tick middle\">75</text>");
        html.ShouldContain("<text x=\"426\" y=\"320\" class=\"tick end\">100</text>");
        html.ShouldContain("<rect class=\"bar\" x=\"203.1\" y=\"142\" width=\"34.4\" height=\"108\"/>" // 0.4 to 0.5: 2 images, half right
            + "<rect class=\"count\" x=\"203.1\" y=\"276\" width=\"34.4\" height=\"24\"/>");
        html.ShouldContain("<rect class=\"bar\" x=\"390.1\" y=\"34\" width=\"34.4\" height=\"216\"/>" // 0.9 to 1: 3 images, all right
            + "<rect class=\"count\" x=\"390.1\" y=\"264\" width=\"34.4\" height=\"36\"/>"
            + "<line class=\"whisker\" x1=\"407.3\" x2=\"407.3\" y1=\"186.8\" y2=\"34\"/>"
            + "<path class=\"mean\" d=\"M414.8 35.5l5 5-5 5-5-5Z\"/>");
        html.ShouldContain("<line class=\"ideal\" x1=\"52\" x2=\"426\" y1=\"250\" y2=\"34\"/>"
            + "<text x=\"45\" y=\"286\" class=\"tick end\">images</text></svg>");
        Regex.Count(html, "class=\"bar\"").ShouldBe(6); // bins without images have none
    }

    [Fact]
    public void The_pairs_that_are_confused_most_come_first_with_their_surest_images()
    {
        var facts = Facts();
        var html = Rendered(ConfusedPairs.Of(facts)!);

        var (a, b, c) = (Html.Name(facts.Classes[0]), Html.Name(facts.Classes[1]), Html.Name(facts.Classes[2]));
        Headings().Matches(html).Select(m => m.Groups[1].Value).ShouldBe(
        [
            $"{b} taken for {a}: 3 of 5", $"{c} taken for {b}: 2 of 5", $"{a} taken for {b}: 1 of 5", $"{a} taken for {c}: 1 of 5",
            $"{c} taken for {a}: 1 of 5",
        ]);
        Captions().Matches(html).Select(m => m.Groups[1].Value).ShouldBe(["86%", "62%", "51%", "88%", "52%", "65%", "45%", "71%"]);
        html.ShouldContain("5 of 5 pairs of a true class and what it was taken for; of each, the 5 images");
    }

    [Fact]
    public void Where_every_image_is_right_there_are_no_pairs_and_no_mistakes()
    {
        var facts = Facts(p => new Predictions(p.Classes, [.. p.Labels], [.. p.Labels.SelectMany(l => Row((int)l, 0.9))]));
        ConfusedPairs.Of(facts).ShouldBeNull();
        Mistakes.Of(facts).ShouldBeNull();
        Rendered(FeatureMaps.Of(facts)!).ShouldNotContain("taken for");
    }

    [Fact]
    public void A_map_has_a_mark_an_image_within_its_frame_and_a_ring_around_mistakes()
    {
        var facts = Facts();
        var html = Rendered(FeatureMaps.Of(facts)!);

        html.ShouldContain("The 15 validation images, by the 64 features that the head takes.");
        var points = Points().Matches(html).Select(m => m.Groups)
            .Select(g => (Css: g[1].Value, X: Number(g[2]), Y: Number(g[3]), Says: g[4].Value)).ToArray();
        points.Length.ShouldBe(30);
        foreach (var map in points.Chunk(15))
        {
            for (var i = 0; i < 15; i++)
            {
                var (css, x, y, says) = map[i];
                var (label, wrong) = (i / 5, Said[i].Class != i / 5);
                var place = (x > 50 ? " l" : string.Empty) + (y > 50 ? " u" : string.Empty);
                css.ShouldBe(Html.Text($"point c{label} i{i}{place}{(wrong ? " wrong" : string.Empty)}"));
                var name = Html.Escape($"{facts.Classes[label]}/{Path.GetFileName(facts.Validation[i].Path)}");
                says.ShouldBe($"{name}, {(wrong ? $"taken for {Html.Name(facts.Classes[Said[i].Class])}" : "right")}");
            }

            var (left, right) = (map.Min(p => p.X), map.Max(p => p.X));
            var (top, bottom) = (map.Min(p => p.Y), map.Max(p => p.Y));
            (left + right).ShouldBe(100, 0.11); // in the middle
            (top + bottom).ShouldBe(100, 0.11);
            Math.Min(left, top).ShouldBe(5, 0.06); // and as large as the frame
        }

        Regex.Count(html, "href=\"#ring\"").ShouldBe(16);
        var shares = Regex.Match(html, @"PCA: (\d+)% of the variance across, (\d+)% up").Groups;
        var (across, up) = (Number(shares[1]), Number(shares[2]));
        across.ShouldBeInRange(up, 100 - up);
        up.ShouldBeGreaterThan(0);
        html.ShouldContain($"<li class=\"c2\">{Marks.Of(2)} {Html.Name(facts.Classes[2])}</li></ul>");

        static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Epochs_are_timed_by_their_median_and_the_first_of_them()
    {
        var facts = Facts();
        File.WriteAllLines(facts.Folder.Metrics,
        [
            """{"epoch":0,"seconds":0.5}""", """{"epoch":1,"seconds":4}""", """{"epoch":2,"seconds":7}""", """{"epoch":3,"seconds":8}""",
            """{"epoch":4}""",
        ]);

        var html = Rendered(TimeTable.Of(facts));

        html.ShouldContain("<tbody><tr><th scope=\"row\">training and validation</th><td>12.3 s</td></tr>"
            + "<tr><th scope=\"row\">an epoch, the median</th><td>3.00 s</td></tr>"
            + "<tr><th scope=\"row\">the first epoch</th><td>4.00 s</td></tr>"
            + "<tr><th scope=\"row\">images per second, of the median epoch</th><td>17</td></tr></tbody>"); // (36 + 15) / 3
        html.ShouldContain("An epoch is 36 training images and the validation of 15.");
        File.Delete(facts.Folder.Metrics);
        Rendered(TimeTable.Of(facts)).ShouldNotContain("epoch, the median");
    }

    [Fact]
    public void What_is_frozen_has_no_learning_rate()
    {
        var html = Rendered(FreezeTable.Of(Facts(recipe: _tiny.Recipe with { Trainable = "head" })));
        html.ShouldContain("<td>192</td><td>0.05</td><td>0.0001</td><td>none</td>"); // 64 x 3 weights
        html.ShouldContain("<th scope=\"row\">frozen</th><td><span class=\"break\">stem, layer1, layer2, layer3</span></td>"
            + "<td>269,072</td><td>frozen</td><td>–</td><td>inference</td>");
        html.ShouldNotContain("<h3>"); // a single phase
        html = Rendered(FreezeTable.Of(Facts(recipe: _tiny.Recipe with { Trainable = "layer3", Unfreeze = 1 })));
        html.ShouldContain("<h3>Phase 1 of 2: epochs 1 to 1</h3>");
        html.ShouldContain("<h3>Phase 2 of 2: epochs 2 to 3</h3>");
    }

    [Theory]
    [InlineData("lecture", 6, "then its views in epochs 1 to 6, as the recipe draws them (lecture).")]
    [InlineData("none", 1, "The recipe augments nothing:")]
    public void An_image_of_each_class_is_shown_as_the_recipe_draws_it(string preset, int views, string says)
    {
        var facts = Facts(recipe: _tiny.Recipe with { Augment = FineTune.Augment.AugmentSpec.Of(preset) });
        var html = Rendered(AugmentedViews.Of(facts));

        var samples = facts.Experiment.Parts.Training.Samples;
        var of = Enumerable.Range(0, 3).Select(c => samples.Where(s => s.Label == c).ToArray()).ToArray();
        Names().Matches(html).Select(m => m.Groups[1].Value)
            .ShouldBe(new[] { of[0][0], of[1][0], of[2][0], of[0][1] }.Select(s => Html.Escape(facts.NameOf(s))));
        Regex.Count(html, "<figure class=\"first\">").ShouldBe(4);
        Regex.Count(html, "<figure>").ShouldBe(4 * views);
        html.ShouldContain(Html.Text($", view {views}\""));
        html.ShouldContain(says);
    }

    [Fact]
    public void Views_that_frozen_layers_keep_are_told()
    {
        var recipe = _tiny.Recipe with { Trainable = "head", Cache = "2" };
        var html = Rendered(AugmentedViews.Of(Facts(recipe: recipe)));
        html.ShouldContain("then its views in epochs 1 to 2, as the recipe draws them (lecture). "
            + "Frozen layers are computed once: 2 views of each image come in turn. Are they still of their class?");
        Regex.Count(html, "<figure>").ShouldBe(4 * 2);
    }

    [Fact]
    public void The_head_of_the_page_lists_the_first_files_that_were_left_out()
    {
        var folder = Directory.GetDirectories(Path.Combine(_tiny.Data, "train"))[0];
        Summary.Render(Facts()).ShouldNotContain("Left out");
        string[] names = ["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"];
        foreach (var name in names)
            File.WriteAllText(Path.Combine(folder, name), "words");
        var files = names.Select(n => $"train/{Path.GetFileName(folder)}/{n} (neither its bytes nor its ending are those of an image)");
        var sentence = Html.Escape($"Left out: {string.Join("; ", files)}");
        Summary.Render(Facts()).ShouldContain($"<p class=\"muted break\">{sentence}.</p>");
        File.WriteAllText(Path.Combine(folder, "6.txt"), "words");
        Summary.Render(Facts()).ShouldContain($"<p class=\"muted break\">{sentence}; 1 more, listed in images.json.</p>");
    }

    [Fact]
    public void What_the_run_was_made_of_is_told_by_hashes_and_versions()
    {
        var facts = Facts();
        Rendered(Provenance.Of(facts)).ShouldContain("<tr><th scope=\"row\">starting weights</th><td>none</td></tr>");
        File.WriteAllText(facts.Folder.Recipe, "seed: 1");
        File.WriteAllText(facts.Folder.Manifest, """
            { "data_sha256": "aa", "starting_weights_sha256": "bb", "final_weights_sha256": "cc", "threads": 2, "cpu_capability": "<AVX2>",
              "machine": { "os": "Debian", "architecture": "X64", "cores": 4 } }
            """);

        var html = Rendered(Provenance.Of(facts));

        html.ShouldContain("<td><code>aa</code></td></tr><tr><th scope=\"row\">starting weights</th><td><code>bb</code></td></tr>"
            + "<tr><th scope=\"row\">weights after the last step</th><td><code>cc</code></td></tr>"
            + $"<tr><th scope=\"row\">recipe.yaml</th><td><code>{Convert.ToHexStringLower(SHA256.HashData("seed: 1"u8))}</code></td></tr>");
        html.ShouldContain("<tr><th scope=\"row\">cpu_capability</th><td>&lt;AVX2&gt;</td></tr>");
        html.ShouldContain("<tr><th scope=\"row\">threads</th><td>2</td></tr>");
        html.ShouldContain("<tr><th scope=\"row\">device</th><td>not known</td></tr>");
        html.ShouldContain("<tr><th scope=\"row\">machine</th><td>Debian, X64, 4 cores</td></tr>");
    }

    /// <summary>0.3 + heat / 2 of the colour, which is grey without heat; and 120 red, 62 green of 0.75 heat.</summary>
    [Fact]
    public void Heat_is_bright_and_warm_and_its_absence_dark_and_grey()
    {
        var plain = new RgbImage(2, 2, [.. Enumerable.Repeat(new byte[] { 100, 51, 200 }, 4).SelectMany(p => p)]);
        byte[] cold = [25, 25, 25], half = [95, 60, 78], hot = [170, 87, 160];
        Pictures.Heated(plain, new HeatMap(2, 1, [0, 1]), 2).Pixels.ShouldBe([.. cold, .. hot, .. cold, .. hot]);
        Pictures.Heated(plain, new HeatMap(1, 2, [0, 1]), 2).Pixels.ShouldBe([.. cold, .. cold, .. hot, .. hot]);
        Pictures.Heated(plain, new HeatMap(1, 1, [0.5f]), 2).Pixels.ShouldBe([.. half, .. half, .. half, .. half]);
        var wide = new RgbImage(4, 1, [0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 0]);
        Pictures.Heated(wide, new HeatMap(1, 1, [1]), 9).Pixels.ShouldBe([255, 250, 204]); // its middle, and no larger than it is
    }

    [Fact]
    public void Seventy_classes_have_marks_of_their_own()
    {
        Marks.Count.ShouldBe(70);
        Enumerable.Range(0, 70).Select(k => (Marks.Of(k), Marks.Color(k))).Distinct().Count().ShouldBe(70);
        (Marks.Of(70), Marks.Color(70)).ShouldBe((Marks.Of(0), Marks.Color(0)));
        Marks.Of(8, ringed: true).ShouldContain("<use href=\"#mark1\"/><use class=\"ring\" href=\"#ring\"/></svg>");
        Marks.Of(8).ShouldNotContain("ring");
        Regex.Count(Marks.Definitions, "<g id=\"mark").ShouldBe(7);
    }

    public void Dispose()
    {
        _open.ForEach(o => o.Dispose());
        _tiny.Dispose();
    }

    private ReportFacts Facts(Func<Predictions, Predictions>? change = null, Recipe? recipe = null)
    {
        var experiment = FineTune.Experiment.Experiment.Prepare(recipe ?? _tiny.Recipe, _tiny.Folder($"run{_open.Count}"));
        _open.Add(experiment);
        var parts = experiment.Parts;
        parts.Folder.Create();
        long[] labels = [.. parts.Validation.Samples.Select(s => (long)s.Label)];
        var said = new Predictions(parts.Classes, labels, [.. Said.SelectMany(s => Row(s.Class, s.Sure))]);
        var chosen = new ChosenWeights(change?.Invoke(said) ?? said, 0);
        return new ReportFacts(experiment, chosen, parts.Network, new Pictures(experiment.Decoded)) { Seconds = 12.34 };
    }

    /// <summary>The rest of the probability is divided evenly.</summary>
    private static double[] Row(int said, double sure) => [.. Enumerable.Range(0, 3).Select(k => k == said ? sure : (1 - sure) / 2)];

    private static string Rendered(Section section) => Html.Sections([section]);

    [GeneratedRegex("<h3>(.*?)</h3>")]
    private static partial Regex Headings();

    [GeneratedRegex("<figcaption>(.*?)</figcaption>")]
    private static partial Regex Captions();

    [GeneratedRegex("<p class=\"muted break\">(.*?)</p>")]
    private static partial Regex Names();

    [GeneratedRegex("""<span class="(point [^"]*)" style="left:([\d.]+)%;top:([\d.]+)%" [^>]*aria-label="([^"]*)">""")]
    private static partial Regex Points();
}
