using System.Text.Json.Nodes;

namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class JsonTests(TrainedRun run)
{
    [Fact]
    public void Train_writes_one_object_and_the_run_folder()
    {
        var json = run.Trained.ShouldSucceed().Json.ShouldHaveSingleItem();

        ((string)json["run"]!).ShouldBe(run.Folder);
        ((int)json["epochs"]!).ShouldBe(2);
        ((int)json["steps"]!).ShouldBe(6);
        ((int)json["snapshots"]!).ShouldBe(2);
        ((double)json["top1"]!).ShouldBeInRange(0, 1);
        foreach (var name in new[]
        {
            "recipe.yaml", "manifest.json", "metrics.jsonl", "checkpoints/best.safetensors", "checkpoints/last.safetensors",
        })
        {
            File.Exists(Path.Combine(run.Folder, name)).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Train_in_a_log_has_plain_lines()
    {
        run.Trained.Error.ShouldNotContain("\u001b");
        run.Trained.Error.ShouldNotContain("\r");
        run.Trained.Error.Split('\n').Count(l => l.StartsWith("epoch ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void Eval_writes_the_scores_in_their_ranges()
    {
        var json = Finetune.Run("eval", "--run", run.Folder, "--split", "val", "--json").ShouldSucceed().Json.ShouldHaveSingleItem();

        Scores(json, 8);
        ((string)json["split"]!).ShouldBe("val");
    }

    [Fact]
    public void Eval_of_a_checkpoint_file_equals_eval_of_its_run()
    {
        var ofRun = Finetune.Run("eval", "--run", run.Folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();
        var weights = Path.Combine(run.Folder, "checkpoints", "best.safetensors");
        var ofFile = Finetune.Run("eval", "--data", run.Data, "--weights", weights, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();

        ((double)ofFile["top1"]!).ShouldBe((double)ofRun["top1"]!);
        ((double)ofFile["nll"]!).ShouldBe((double)ofRun["nll"]!, 1e-6);
    }

    [Fact]
    public void Eval_and_predict_honour_precision_and_layout()
    {
        var plain = Finetune.Run("eval", "--run", run.Folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();
        var fast = Finetune.Run("eval", "--run", run.Folder, "--precision", "bfloat16", "--layout", "channels_last", "--json")
            .ShouldSucceed().Json.ShouldHaveSingleItem();

        ((double)fast["nll"]!).ShouldNotBe((double)plain["nll"]!);
        ((double)fast["nll"]!).ShouldBe((double)plain["nll"]!, 0.02);
        var weights = Path.Combine(run.Folder, "checkpoints", "best.safetensors");
        var ofFile = Finetune.Run(
            "predict", "--weights", weights, "--precision", "bfloat16", "--layout", "channels_last", run.Photo, "--json").ShouldSucceed()
            .Json.ShouldHaveSingleItem();
        var ofRun = Finetune.Run(
            "predict", "--run", run.Folder, "--precision", "bfloat16", "--layout", "channels_last", run.Photo, "--json").ShouldSucceed()
            .Json.ShouldHaveSingleItem();
        ofFile.ToJsonString().ShouldBe(ofRun.ToJsonString());
        Finetune.Run("eval", "--run", run.Folder, "--precision", "auto").Code.ShouldBe(2); // it would measure training steps
    }

    [Fact]
    public void A_class_without_validation_images_is_noted()
    {
        using var tree = new Data.ImageTree().Pictures("data/train/ant", 4).Pictures("data/train/bee", 4, 50)
            .Pictures("data/val/ant", 2, 90);
        const string Note = "no validation image of class 'bee'";

        ((string)Finetune.Run("inspect", tree.PathOf("data"), "--json").ShouldSucceed().Json.ShouldHaveSingleItem()["notes"]![0]!)
            .ShouldBe(Note);
        var inspected = Finetune.Run("inspect", tree.PathOf("data")).ShouldSucceed().Out;
        inspected.ShouldContain(Note);
        inspected.ShouldContain("no duplicates; every file can be read");
        Finetune.Run(tree.Training()).ShouldSucceed().Error.ShouldContain(Note);
        Notes("--run", tree.PathOf("run")).ShouldContain(Note);
    }

    [Fact]
    public void Eval_says_where_the_weights_were_chosen_on_the_images()
    {
        Notes("--run", run.Folder).ShouldHaveSingleItem().ShouldContain("chosen on the val images, so these numbers are optimistic");
        Notes("--run", run.Folder, "--weights", "last").ShouldBeEmpty();
        Notes("--run", run.Folder, "--split", "train").ShouldBeEmpty();
    }

    private static IEnumerable<string> Notes(params string[] which) =>
        Finetune.Run(["eval", .. which, "--json"]).ShouldSucceed().Json.ShouldHaveSingleItem()["notes"]!.AsArray().Select(n => (string)n!);

    [Fact]
    public void Inspect_of_a_run_says_what_trains()
    {
        var phase = Finetune.Run("inspect", run.Folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();

        ((string)phase["trainable"]!).ShouldBe("all");
        var groups = phase["groups"]!.AsArray();
        groups.Select(g => (string)g!["group"]!).ShouldContain("head");
        groups.Sum(g => (long)g!["count"]!).ShouldBe(269_202); // ResNet-20 (He et al. 2015: 0.27 M), its head for two classes
    }

    [Fact]
    public void Predict_writes_an_object_a_line_whose_label_is_the_likeliest()
    {
        var lines = Finetune.Run("predict", "--run", run.Folder, Path.Combine(run.Data, "val"), "--json").ShouldSucceed().Json;

        lines.Count.ShouldBe(8);
        foreach (var line in lines)
        {
            File.Exists((string)line["path"]!).ShouldBeTrue();
            var probabilities = line["probabilities"]!.AsObject().ToDictionary(p => p.Key, p => (double)p.Value!);
            probabilities.Keys.ShouldBe(["ant", "bee"]);
            probabilities.Values.Sum().ShouldBe(1, 1e-5);
            ((string)line["label"]!).ShouldBe(probabilities.MaxBy(p => p.Value).Key);
        }
    }

    [Fact]
    public void Ensemble_writes_each_member_the_ensemble_and_the_best_single_one()
    {
        var json = Finetune.Run("ensemble", "--run", run.Folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();

        Scores(json, 8);
        ((string)json["method"]!).ShouldBe("average");
        ((string)json["chosen_on"]!).ShouldBe("val");
        var members = json["members"]!.AsArray();
        members.Count.ShouldBe(2);
        Scores(members[0]!["alone"]!, 8);
        ((double)members[1]!["growing"]!["nll"]!).ShouldBe((double)json["nll"]!, 1e-9);
        members.Select(m => (string)m!["name"]!).ShouldContain((string)json["best_single"]!["name"]!);
        members.Sum(m => (double)m!["weight"]!).ShouldBe(1, 1e-12);
        json["disagreement"]!.AsArray().Select(row => row!.AsArray().Count).ShouldBe([2, 2]);
    }

    [Fact]
    public void A_saved_ensemble_is_measured_predicts_and_is_exported_like_a_run()
    {
        var folder = run.Folder + "-kept";
        var made = Finetune.Run("ensemble", "--run", run.Folder, "--tta", "flip", "--save", folder, "--json").ShouldSucceed()
            .Json.ShouldHaveSingleItem();
        ((string)made["saved"]!).ShouldBe(folder);
        ((string)made["tta"]!).ShouldBe("flip");
        var measured = Finetune.Run("eval", "--run", folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();
        ((double)measured["nll"]!).ShouldBe((double)made["nll"]!);
        ((string)measured["weights"]!).ShouldBe("average of 2");
        ((double)Finetune.Run("eval", "--run", folder, "--tta", "none", "--json").ShouldSucceed().Json.Single()["nll"]!)
            .ShouldNotBe((double)made["nll"]!);
        Finetune.Run("predict", "--run", folder, run.Photo, "--json").ShouldSucceed().Json.ShouldHaveSingleItem()["label"]
            .ShouldNotBeNull();
        var exported = Finetune.Run("export", "--run", folder, "--format", "onnx", "--out", folder + ".onnx", "--json").ShouldSucceed()
            .Json.ShouldHaveSingleItem();
        ((int)exported["members"]!).ShouldBe(2);
        Finetune.Run("export", "--run", folder, "--format", "pth", "--out", folder + ".pth")
            .ShouldFail("An ensemble of 2 networks cannot be one weights file");
        var description = Path.Combine(folder, "ensemble.json");
        var written = File.ReadAllText(description);
        File.WriteAllText(description, written.Replace("\"passes\": null", "\"passes\": 3"));
        Finetune.Run("export", "--run", folder, "--format", "onnx", "--tta", "flip", "--out", folder + "-drawn.onnx")
            .ShouldFail("this ensemble was saved with --mc 3");
        File.WriteAllText(description, written);
        var student = folder + "-student";
        var lines = Finetune.Run("distill", "--teacher", folder, "--model", "cifar_resnet20", "--out", student, "--set", "epochs=1",
            "batch=4", "--json").ShouldSucceed().Json;
        ((double)lines[^1]["teacher"]!["nll"]!).ShouldBe((double)made["nll"]!);
        ((double)lines[^1]["student"]!["nll"]!).ShouldBe((double)lines[0]["result"]!["nll"]!, 1e-6);
        ((int)lines[^1]["student"]!["n"]!).ShouldBe(8);
        var beside = Finetune.Run("compare", run.Folder, folder, "--json").ShouldSucceed().Json;
        ((double)beside[^2]["nll"]!).ShouldBe((double)made["nll"]!);
        ((string)beside[^2]["weights"]!).ShouldBe("average of 2");
        ((int)beside[^1]["n"]!).ShouldBe(8);
        Finetune.Run("eval", "--run", folder, "--weights", "last").ShouldBeWrongUsage("--weights");
        Finetune.Run("ensemble", "--run", folder).ShouldFail("is a saved ensemble");
        var page = folder + ".html";
        var compared = Finetune.Run("ensemble", "--run", run.Folder, "--against", student, "--report", page, "--json").ShouldSucceed()
            .Json.ShouldHaveSingleItem();
        compared["methods"]!.AsArray().Select(m => (string)m!["name"]!).ShouldContain($"run {student}");
        File.ReadAllText(page).ShouldContain("What else the cost could have bought");
        Finetune.Run("ensemble", "--run", run.Folder, "--against", student).ShouldBeWrongUsage("--report");
        Finetune.Run("ensemble", "--run", run.Folder, "--tta", "flop").ShouldFail("flip, five-crop");
        Finetune.Run("ensemble", "--run", run.Folder, "--save", folder).ShouldFail("holds an ensemble already");
        Finetune.Run("ensemble", "--run", run.Folder, "--report", run.Folder).ShouldFail("Cannot write", "it is a folder");
        Finetune.Run("ensemble", "--run", run.Folder, "--weights", "cifar_resnet20=").ShouldFail("'cifar_resnet20=' names no weights file");
        Finetune.Run("distill", "--teacher", folder, "--model", "cifar_resnet20", "--out", Path.Combine(folder, "inside"))
            .ShouldFail("lies in the teacher's folder");
    }

    [Fact]
    public void Every_verb_that_needs_a_runs_images_takes_the_place_that_they_were_moved_to()
    {
        var moved = run.Data + "-moved";
        Directory.Move(run.Data, moved);
        try
        {
            string[][] verbs =
            [
                ["compare", run.Folder, run.Folder],
                ["curvature", "--run", run.Folder, "--images", "2", "--steps", "1", "--trainable", "head"],
                ["export", "--run", run.Folder, "--members", "best:1", "--format", "onnx", "--out", moved + ".onnx"],
            ];
            foreach (var verb in verbs)
            {
                if (verb[0] == "compare")
                    Finetune.Run(verb).ShouldSucceed().Error.ShouldContain("say by --data where they are");
                else
                    Finetune.Run(verb).ShouldFail("say by --data where they are");
                Finetune.Run([.. verb, "--data", moved]).ShouldSucceed().Error.ShouldNotContain("--data");
            }
        }
        finally
        {
            Directory.Move(moved, run.Data);
        }
    }

    [Fact]
    public void Reproduce_says_how_a_run_came_out_and_leaves_with_its_code()
    {
        var json = Finetune.Run("reproduce", run.Folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();
        ((string)json["verdict"]!).ShouldBe("bit-equal");
        json["differs"]!.AsArray().ShouldBeEmpty();
        var edited = run.Folder + "-edited";
        Finetune.RunProgram("cp", ["-r", run.Folder, edited]);
        File.WriteAllText(
            Path.Combine(edited, "recipe.yaml"), File.ReadAllText(Path.Combine(edited, "recipe.yaml")).Replace("batch: 4", "batch: 3"));
        var different = Finetune.Run("reproduce", edited, "--json");
        different.Code.ShouldBe(4);
        ((string)different.Json.Single()["verdict"]!).ShouldBe("different");
        different.Json.Single()["differs"]!.AsArray().Select(d => (string)d!).ShouldBe(["batch"]);
        var kept = run.Folder + "-again";
        var recipe = run.Folder + ".yaml";
        File.WriteAllText(
            recipe, $"data: {run.Data}\nmodel: cifar_resnet20\nepochs: 1\nbatch: 4\nexpect: {{ val_top1: [0, 1], how: any }}\n");
        Finetune.Run("reproduce", recipe, "--out", kept).Code.ShouldBe(3);
        File.Exists(Path.Combine(kept, "report.html")).ShouldBeTrue();
        Finetune.Run("reproduce", run.Folder, "--out", run.Folder).ShouldFail("holds a run already");
    }

    [Fact]
    public void Compare_writes_each_run_its_ensemble_and_the_paired_test()
    {
        var page = Path.Combine(Path.GetDirectoryName(run.Folder)!, "compare.html");

        var json = Finetune.Run("compare", run.Folder, run.Folder, "--report", page, "--json").ShouldSucceed().Json;

        json.Count.ShouldBe(5);
        ((string)json[0]["run"]!).ShouldBe(run.Folder);
        ((int)json[1]["members"]!).ShouldBe(2);
        json[4]["paired"]!.AsArray().Select(r => (string)r!).ShouldBe([run.Folder, run.Folder]);
        foreach (var key in new[] { "only_first", "only_second" })
            ((int)json[4][key]!).ShouldBe(0, key);
        foreach (var key in new[] { "p_mcnemar", "p_holm" })
            ((double)json[4][key]!).ShouldBe(1, key);
        ((int)json[4]["n"]!).ShouldBe(8);
        ((double)json[4]["nll_difference"]!["high"]!).ShouldBe(0);
        File.ReadAllText(page).ShouldContain("<h1>2 runs compared</h1>");
        Finetune.Run("compare", run.Folder, "--report", " ").ShouldBeWrongUsage("--report is empty");
        Finetune.Run("compare", run.Folder, "--report", Path.Combine(run.Folder, "none", "a.html"))
            .ShouldFail("Cannot write", "does not exist");
    }

    [Fact]
    public void Compare_inspect_and_doctor_write_nothing_but_json()
    {
        Finetune.Run("compare", run.Folder, "--json").ShouldSucceed().Json.Count.ShouldBe(2);
        Finetune.Run("inspect", run.Data, "--json").ShouldSucceed().Json.ShouldHaveSingleItem()["classes"]!.AsArray()
            .Select(c => (string)c!).ShouldBe(["ant", "bee"]);
        Finetune.Run("inspect", Path.Combine(run.Folder, "checkpoints", "best.safetensors"), "--json").ShouldSucceed()
            .Json.Select(t => (string)t["name"]!).ShouldContain("conv1.weight");
        // the body, and a head for 1000 classes
        Finetune.Run("inspect", "cifar_resnet20", "--json").ShouldSucceed().Json.Sum(s => (long)s["parameters"]!)
            .ShouldBe(269_072 + (65 * 1000));
        var doctor = Finetune.Run("doctor", "--json").ShouldSucceed().Json.ShouldHaveSingleItem();
        ((bool)doctor["ok"]!).ShouldBeTrue();
        foreach (var key in new[] { "engine", "libtorch", "capability", "blas", "onednn", "autocast", "threads", "cpu", "gpu", "images" })
            ((string)doctor[key]!).ShouldNotBeNullOrEmpty(key);
    }

    [Theory]
    [InlineData("models", "resnet18")]
    [InlineData("weights", null)]
    [InlineData("optimizers", "adamw")]
    [InlineData("schedules", "snapshot")]
    [InlineData("losses", "focal")]
    [InlineData("augmentations", "random_resized_crop")]
    [InlineData("regularizers", "DropBlock")]
    public void List_writes_every_row_of_a_registry(string registry, string? row)
    {
        var rows = Finetune.Run("list", registry, "--json").ShouldSucceed().Json;
        var text = Finetune.Run("list", registry).ShouldSucceed().Out;

        rows.ShouldAllBe(r => text.Contains((string)r["name"]!, StringComparison.Ordinal));
        if (row is not null)
            rows.Select(r => (string)r["name"]!).ShouldContain(row);
    }

    private static void Scores(JsonNode json, int images)
    {
        ((int)json["n"]!).ShouldBe(images);
        ((double)json["top1"]!).ShouldBeInRange(0, 1);
        ((double)json["top5"]!).ShouldBe(1);
        ((double)json["nll"]!).ShouldBeGreaterThan(0);
        ((double)json["ece"]!).ShouldBeInRange(0, 1);
    }
}
