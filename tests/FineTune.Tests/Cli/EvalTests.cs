using System.Text.Json.Nodes;
using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class EvalTests(TrainedRun run)
{
    [Fact]
    public void Json_has_every_metric_that_fits_the_confusion_matrix()
    {
        var json = Eval("--run", run.Folder);

        var confusion = json["confusion"]!.AsArray().Select(row => row!.AsArray().Select(c => (int)c!).ToArray()).ToArray();
        confusion.Select(row => row.Sum()).ShouldBe([4, 4]);
        var recalls = new[] { confusion[0][0] / 4.0, confusion[1][1] / 4.0 };
        ((double)json["balanced_accuracy"]!).ShouldBe(recalls.Average(), 1e-12);
        ((double)json["kappa"]!).ShouldBe((recalls.Average() - 0.5) / 0.5, 1e-12); // as both classes have as many images
        var perClass = json["per_class"]!.AsObject();
        perClass.Select(c => c.Key).ShouldBe(["ant", "bee"]);
        perClass.Select(c => (double)c.Value!["recall"]!).ShouldBe(recalls);
        perClass.ShouldAllBe(c => (int)c.Value!["n"]! == 4);
        perClass.Average(c => (double)c.Value!["f1"]!).ShouldBe((double)json["weighted_f1"]!, 1e-12);
        foreach (var rate in new[] { "macro_f1", "adaptive_ece", "auroc", "average_precision", "aurc" })
            ((double)json[rate]!).ShouldBeInRange(0, 1, rate);
        ((double)json["brier"]!).ShouldBeInRange(0, 2);
        var curve = json["risk_coverage"]!.AsArray();
        ((double)curve[^1]!["coverage"]!).ShouldBe(1);
        ((double)curve[^1]!["risk"]!).ShouldBe(1 - (double)json["top1"]!, 1e-12);
        curve.Count.ShouldBeInRange(2, 8); // no more points than images
        json.ContainsKey("calibrated").ShouldBeFalse();
        json.ContainsKey("coverage").ShouldBeFalse();
    }

    [Fact]
    public void What_is_not_defined_is_null()
    {
        using var tree = new ImageTree().Pictures("data/val/ant", 2, 100).Folder("data/val/bee");
        var json = Eval("--data", tree.PathOf("data"), "--weights", Path.Combine(run.Folder, "checkpoints", "best.safetensors"));

        ((int)json["n"]!).ShouldBe(2);
        json["auroc"].ShouldBeNull();
        json["per_class"]!["bee"]!.AsObject().ContainsKey("average_precision").ShouldBeTrue();
        json["per_class"]!["bee"]!["average_precision"].ShouldBeNull();
        ((double)json["average_precision"]!).ShouldBe(1);
    }

    [Theory]
    [InlineData("temperature")]
    [InlineData("vector")]
    [InlineData("isotonic")]
    public void The_images_that_a_calibration_is_fitted_on_are_cross_fitted(string method)
    {
        var calibrated = Eval("--run", run.Folder, "--calibrate", method)["calibrated"]!;

        ((string)calibrated["method"]!).ShouldBe(method);
        ((string)calibrated["fitted_on"]!).ShouldBe("val");
        ((bool)calibrated["cross_fitted"]!).ShouldBeTrue();
        ((int)calibrated["folds"]!).ShouldBe(5);
        foreach (var metric in new[] { "nll", "ece", "adaptive_ece", "brier" })
            ((double)calibrated[metric]!).ShouldBeGreaterThan(0, metric);
    }

    [Fact]
    public void Other_images_are_calibrated_by_the_validation_images()
    {
        var json = Eval("--run", run.Folder, "--split", "train", "--calibrate", "temperature");
        var onVal = Eval("--run", run.Folder, "--calibrate", "temperature");

        var calibrated = json["calibrated"]!;
        ((string)calibrated["fitted_on"]!).ShouldBe("val");
        ((bool)calibrated["cross_fitted"]!).ShouldBeFalse();
        calibrated["folds"].ShouldBeNull();
        ((double)calibrated["temperature"]!).ShouldBe((double)onVal["calibrated"]!["temperature"]!, 1e-12);
        ((double)calibrated["top1"]!).ShouldBe((double)json["top1"]!); // a temperature keeps the class
        var all = Eval("--run", run.Folder, "--split", "all", "--calibrate", "temperature")["calibrated"]!;
        ((string)all["fitted_on"]!).ShouldBe("all");
        ((bool)all["cross_fitted"]!).ShouldBeTrue(); // the validation images are among them
    }

    [Fact]
    public void The_screen_says_how_a_calibration_was_fitted_and_what_a_coverage_gives()
    {
        var screen = Finetune.Run("eval", "--run", run.Folder, "--calibrate", "isotonic", "--coverage", "0.5", "--top-k", "1").ShouldSucceed().Out;

        screen.ShouldContain("(isotonic, cross-fitted in 5 folds of the val images)");
        screen.ShouldMatch("coverage +accuracy [0-9.]+% on 50.0% of the images, those of confidence 0.[0-9]+ and more");
        screen.ShouldContain("\nbalanced    ");
        screen.ShouldNotContain("top-5"); // there are two classes
        Finetune.Run("eval", "--run", run.Folder, "--top-k", "2").ShouldSucceed().Out.ShouldNotContain("top-2");
    }

    [Fact]
    public void A_coverage_has_a_threshold_for_all_and_for_each_class()
    {
        var json = Eval("--run", run.Folder, "--coverage", "0.75", "--top-k", "2");

        ((double)json["top2"]!).ShouldBe(1);
        var coverage = json["coverage"]!;
        ((double)coverage["coverage"]!).ShouldBe(0.75);
        var perClass = coverage["per_class"]!.AsObject();
        perClass.Sum(c => (int)c.Value!["n"]!).ShouldBe(8); // each image is predicted as one class
        foreach (var (_, of) in perClass)
            ((double?)of!["coverage"] ?? 1).ShouldBeInRange(0.75, 1);
    }

    [Theory]
    [InlineData("--top-k", "0", "--top-k is 0; at least 1")]
    [InlineData("--coverage", "0", "--coverage is 0; above 0 and at most 1")]
    [InlineData("--coverage", "90", "--coverage is 90; above 0 and at most 1")]
    [InlineData("--calibrate", "platt", "'isotonic'")]
    public void Options_out_of_range_are_refused(string option, string value, string says) =>
        Finetune.Run("eval", "--run", run.Folder, option, value).ShouldBeWrongUsage(says);

    private static JsonObject Eval(params string[] options) =>
        Finetune.Run(["eval", .. options, "--json"]).ShouldSucceed().Json.ShouldHaveSingleItem().AsObject();
}
