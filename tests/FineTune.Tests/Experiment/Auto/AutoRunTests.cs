using System.Text.Json.Nodes;
using FineTune.Experiment;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment.Auto;

/// <summary>Runs of recipe auto, from the shipped weights.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class AutoRunTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void A_run_of_auto_says_what_it_decided_and_is_repeated_by_its_recipe()
    {
        using var tiny = new TinyRun(images: 17); // enough to hold some out
        var (first, written) = (tiny.Folder("first"), tiny.Folder("written"));
        var result = tiny.Start(Read($"data='{tiny.Data}'"), first);

        File.ReadAllText(first.Plan).ShouldContain("| learning rate |");
        var plan = JsonNode.Parse(File.ReadAllText(first.Manifest))!["plan"]!;
        plan["decisions"]!.AsArray().Select(d => (string?)d!["what"])
            .ShouldBe(["head", "augment", "batch", "learning rate", "optimizer", "trainable", "length"]);
        plan["trials"]!.AsArray().Count.ShouldBe(4); // the start, two optimizers, the upper stages
        var recipe = RecipeFile.Read(first.Recipe);
        (recipe.Auto, recipe.Head.Init, recipe.Batch).ShouldBe((null, "exact", 11)); // 51 images in 5 batches
        recipe.Head.Penalty.ShouldNotBeNull();
        if (recipe.Optimizer.Name == "sgd")
            recipe.Optimizer.Options["lr"].ShouldBeOfType<double>().ShouldBeInRange(0.0025, 0.0075);
        File.ReadAllText(first.Plan).ShouldContain("51 training images in 5 batches of nearly the same size |"); // nothing is cut

        tiny.Start(recipe, written).FinalWeights.ShouldBe(result.FinalWeights);
        File.Exists(written.Plan).ShouldBeFalse();
    }

    [Fact]
    public void A_run_of_auto_is_repeated_by_its_name_and_one_that_was_stopped_decides_nothing_again()
    {
        var (whole, stopped) = (_tiny.Folder("whole"), _tiny.Folder("stopped"));
        var expected = _tiny.Start(Read("epochs=3", "recipe=auto"), whole);
        _tiny.StartAndStop(Read("epochs=3", "recipe=auto"), stopped, 2);
        var plan = JsonNode.Parse(File.ReadAllText(stopped.Manifest))!["plan"]!.ToJsonString();

        var resumed = _tiny.Resume(stopped, []);

        resumed.FinalWeights.ShouldBe(expected.FinalWeights);
        JsonNode.Parse(File.ReadAllText(stopped.Manifest))!["plan"]!.ToJsonString().ShouldBe(plan);
        File.ReadAllText(stopped.Report).ShouldContain("What recipe auto decided");
        Metrics(stopped).Select(l => (int)l["epoch"]!).ShouldBe([0, 1, 2, 3]);
        File.ReadAllBytes(stopped.Best).ShouldBe(File.ReadAllBytes(whole.Best));
    }

    [Fact]
    public void A_run_of_auto_that_was_killed_before_its_first_checkpoint_keeps_its_plan()
    {
        var folder = _tiny.Folder("a");
        _tiny.StartAndStop(Read("epochs=3", "recipe=auto"), folder, 2);
        var plan = JsonNode.Parse(File.ReadAllText(folder.Manifest))!["plan"]!.ToJsonString();
        foreach (var file in new[] { folder.Images, folder.Plan, folder.Last, folder.Previous, folder.Best })
            File.Delete(file); // of what a run begins with, recipe.yaml was written, the rest not yet

        _tiny.Resume(folder, []);

        JsonNode.Parse(File.ReadAllText(folder.Manifest))!["plan"]!.ToJsonString().ShouldBe(plan);
        File.ReadAllText(folder.Plan).ShouldContain("| learning rate |");
    }

    [Fact]
    public void Few_images_are_not_divided_to_compare_on_them()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(Read("recipe=auto"), _tiny.Folder("a"));
        run.Plan!.Trials.ShouldBeEmpty();
        var decisions = run.Plan.Decisions.ToDictionary(d => d.What);
        const string Few = "too few training images (36, or one of a class) to hold some out and compare";
        (decisions["optimizer"].Reason, decisions["trainable"].Reason, decisions["trainable"].Value).ShouldBe((Few, Few, "all"));
        decisions["optimizer"].Value.ShouldStartWith("sgd (momentum 0.9, weight_decay 0.0005, lr ");
    }

    [Fact]
    public void More_snapshots_than_steps_are_refused_before_anything_is_tried()
    {
        var told = new List<string>();
        Should.Throw<FineTuneException>(() => FineTune.Experiment.Experiment.Prepare(
            Read("recipe=auto", "snapshots=900"), _tiny.Folder("a"), planning: d => told.Add(d.What)))
            .Message.ShouldContain("900 snapshots cannot be taken in ");
        told.ShouldBe(["head", "augment", "batch"]);
    }

    [Fact]
    public void What_is_set_stays_set()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            Read("recipe=auto", "batch=9", "augment=none", "trainable=layer3", "epochs=2", "optimizer={ name: adamw, lr: 0.003 }"),
            _tiny.Folder("a"));
        var recipe = run.Parts.Recipe;
        (recipe.Batch, recipe.Augment.Preset, recipe.Trainable, recipe.Epochs, recipe.EpochRepeats).ShouldBe((9, "none", "layer3", 2, 1));
        recipe.Optimizer.ToString().ShouldBe("adamw (lr 0.003)");
        run.Plan!.Decisions.Select(d => d.What).ShouldBe(["head", "length"]);
    }

    [Fact]
    public void Minutes_decide_the_length()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(Read("minutes=0.001"), _tiny.Folder("a"));
        var steps = run.Parts.Recipe.Epochs * run.Parts.Training.BatchesPerEpoch;
        steps.ShouldBeLessThan(100); // as many as a second has, where 524 are usual
        var decisions = run.Plan!.Decisions.ToDictionary(d => d.What);
        decisions["length"].Reason.ShouldContain("steps for 0.001 min");
        decisions["learning rate"].Reason.ShouldContain("there is no time for a range test"); // the head alone took longer than 0.06 s
        decisions["learning rate"].Value.ShouldBe("0.005");
        decisions["optimizer"].Reason.ShouldBe("there is no time to compare it with others");
    }

    [Theory]
    [InlineData("seed=0")]
    [InlineData("head.form=mlp")] // the weights are compared by a linear head all the same
    public void Without_model_and_weights_the_catalog_is_probed(string setting)
    {
        var asked = RecipeFile.Read(null, [$"data='{_tiny.Data}'", "threads=1", setting]);
        using var run = FineTune.Experiment.Experiment.Prepare(asked, _tiny.Folder("a"));
        (run.Parts.Recipe.Model, run.Parts.Recipe.Weights).ShouldBe(("cifar_resnet20", "attic"));
        run.Plan!.Decisions[0].What.ShouldBe("weights");
    }

    [Fact]
    public void From_scratch_nothing_can_be_fitted_but_a_rate_is_found()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            RecipeFile.Read(null, [$"data='{_tiny.Data}'", "model=cifar_resnet20", "input={ size: 16, resize: 18 }", "threads=1"]),
            _tiny.Folder("a"));
        run.Parts.Recipe.Head.Init.ShouldBe("default");
        run.Plan!.Decisions.Select(d => d.What).ShouldBe(["augment", "batch", "learning rate", "optimizer", "length"]);
    }

    [Fact]
    public void No_result_is_below_the_fitted_head()
    {
        var folder = _tiny.Folder("a");
        var result = _tiny.Start(
            Read("head.init=exact", "epochs=2", "optimizer={ name: sgd, lr: 2 }"), folder);
        var start = (double)Metrics(folder)[0]["val_top1"]!;
        (result.BestEpoch, result.Result!.Top1).ShouldBe((-1, start));
        result.Last!.Top1.ShouldBeLessThan(start);
        File.ReadAllText(folder.Report).ShouldContain("the fitted head that the run began with");
    }

    [Theory]
    [InlineData("fine-tune")]
    [InlineData("gradual")]
    public void A_named_recipe_without_a_rate_finds_one(string name)
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            RecipeFile.Read(name, [$"data='{_tiny.Data}'", "model=cifar_resnet20", "weights=attic", "threads=1"]), _tiny.Folder("a"));
        run.Plan!.Decisions.Select(d => d.What).ShouldBe(["learning rate", "length"]);
        run.Parts.Recipe.Optimizer.Options["lr"].ShouldBeOfType<double>().ShouldBeInRange(0.00025, 0.00075);
        run.Parts.Recipe.EpochRepeats.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void One_image_of_each_class_is_trained_on_without_anything_held_out()
    {
        foreach (var folder in Directory.GetDirectories(Path.Combine(_tiny.Data, "train")))
        {
            foreach (var file in Directory.GetFiles(folder).Skip(1))
                File.Delete(file);
        }

        using var run = FineTune.Experiment.Experiment.Prepare(Read("minutes=0.01"), _tiny.Folder("a"));
        run.Plan!.Decisions.Select(d => d.What).ShouldBe(["head", "augment", "batch", "learning rate", "optimizer", "trainable", "length"]);
        run.Plan.Decisions[0].Reason.ShouldContain("a class has one image");
        run.ExactHead!.Penalty.ShouldBe(0.01);
    }

    [Fact]
    public void Layers_that_were_never_trained_are_not_frozen_for_lack_of_time()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            RecipeFile.Read(null, [$"data='{_tiny.Data}'", "model=cifar_resnet20", "minutes=0.001", "threads=1"]), _tiny.Folder("a"));
        run.Parts.Recipe.Trainable.ShouldBe("all");
        run.Notes.ShouldBeEmpty(); // a recipe that decides is not advised to
    }

    [Fact]
    public void A_recipe_whose_head_will_hardly_move_is_named()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            RecipeFile.Read("tutorial", [$"data='{_tiny.Data}'", "model=cifar_resnet20", "weights=attic", "threads=1"]), _tiny.Folder("a"));
        run.Notes.ShouldHaveSingleItem().ShouldStartWith("225 steps at a learning rate of 0.001 at most: a new head will hardly move.");
    }

    public void Dispose() => _tiny.Dispose();

    private Recipe Read(params string[] settings) =>
        RecipeFile.Read(null, [$"data='{_tiny.Data}'", "model=cifar_resnet20", "weights=attic", "threads=1", .. settings]);

    private static JsonNode[] Metrics(RunFolder folder) => [.. File.ReadAllLines(folder.Metrics).Select(l => JsonNode.Parse(l)!)];
}
