using FineTune.Experiment;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class NamedRecipeTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public static TheoryData<string> Names => [.. NamedRecipes.Table.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_is_a_recipe_whose_phases_can_be_opened(string name)
    {
        using var run = FineTune.Experiment.Experiment.Prepare(Read(name), _tiny.Folder("a"));
        for (var phase = 0; phase < run.Parts.Phase.Count; phase++)
        {
            var parts = run.Open(phase);
            FreezeAudit.Table(parts).Sum(r => r.Count).ShouldBe(parts.Vector.Segments.Sum(s => s.Length));
            parts.Schedule.Factor(0, null).ShouldBeGreaterThan(0);
        }
    }

    /// <summary>From the shipped weights and their input, for what their first gradients are; and as long as its phases are.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_trains_to_its_end(string name)
    {
        var run = _tiny.Folder("run");
        string[] length = name switch
        {
            "tutorial" or "head-only" or "last-k" => ["epochs=8"],
            "bit" => ["batch=12"], // 500 steps whatever the batch; in its warm-up the steps of this one round away
            _ => [],
        };
        var recipe = Read(name, ["weights=attic", "input={ size: 16, resize: 16 }", "augment=none", .. length]); // small, to be quick

        var result = _tiny.Start(recipe, run);

        result.Finished.ShouldBeTrue();
        if (name != NamedRecipes.Auto) // which may end early
            (result.Step % recipe.Epochs).ShouldBe(0);
        File.Exists(run.Report).ShouldBeTrue();
    }

    [Fact]
    public void Fine_tune_is_an_epoch_of_the_head_and_then_a_geometric_slice_at_half_the_rate()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(Read("fine-tune", "epochs=4", "optimizer.lr=0.002"), _tiny.Folder("a"));
        run.Parts.Phase.Epochs.ShouldBe(1);
        FreezeAudit.Table(run.Parts).Where(r => r.Lr > 0).ShouldAllBe(r => r.Stages.Single() == "head" && r.Lr == 0.002);
        var parts = run.Open(1);
        (parts.Phase.FirstEpoch, parts.Phase.Epochs).ShouldBe((1, 3));
        var rates = FreezeAudit.Table(parts).ToLookup(r => r.Stages[0], r => r.Lr);
        rates["head"].ShouldAllBe(lr => lr == 0.001);
        rates["stem"].ShouldAllBe(lr => Math.Abs(lr - 1e-5) < 1e-12);
        (rates["layer2"].First() / rates["layer1"].First()).ShouldBe(rates["layer3"].First() / rates["layer2"].First(), 1e-9);
    }

    [Fact]
    public void Bit_takes_its_steps_from_the_number_of_images()
    {
        var recipe = Read("bit");
        (recipe.Batch, recipe.Epochs, recipe.Head.Init).ShouldBe((36, 500, "zero")); // 36 images: one step an epoch
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("a"));
        new long[] { 100, 199, 200, 299, 300, 399, 400, 499 }.Select(t => Math.Round(run.Parts.Schedule.Factor(t, null), 9))
            .ShouldBe([1, 1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
        run.Parts.Schedule.Factor(50, null).ShouldBeInRange(0.4, 0.6); // the warm-up
    }

    [Fact]
    public void Bit_counts_its_epochs_by_the_batch_that_is_set()
    {
        Read("bit", "batch=9").ShouldSatisfyAllConditions(r => r.Batch.ShouldBe(9), r => r.Epochs.ShouldBe(125)); // 4 steps an epoch
        var file = Path.Combine(_tiny.Root, "mine.yaml");
        File.WriteAllText(file, "recipe: bit\nhead: { dropout: 0.2 }\n");
        RecipeFile.Read(file, [$"data='{_tiny.Data}'", "model=cifar_resnet20"])
            .Head.ShouldSatisfyAllConditions(h => h.Dropout.ShouldBe(0.2), h => h.Init.ShouldBe("zero"));
        Should.Throw<FineTuneException>(() => RecipeFile.Read("bit", ["model=resnet18"])).Message.ShouldContain("give --data");
    }

    [Fact]
    public void What_is_set_beside_a_name_has_precedence()
    {
        Read("tutorial", "epochs=3", "optimizer.lr=0.02").ShouldSatisfyAllConditions(
            r => (r.Epochs, r.Batch).ShouldBe((3, 4)),
            r => r.Optimizer.Options["lr"].ShouldBe(0.02),
            r => r.Optimizer.Options["momentum"].ShouldBe(0.9));
        var file = Path.Combine(_tiny.Root, "mine.yaml");
        File.WriteAllText(file, "recipe: tutorial\nbatch: 16\n");
        RecipeFile.Read(file, [$"data='{_tiny.Data}'", "model=cifar_resnet20"])
            .ShouldSatisfyAllConditions(r => r.Batch.ShouldBe(16), r => r.Epochs.ShouldBe(25));
    }

    [Fact]
    public void A_name_that_is_none_is_answered_with_the_nearest() =>
        Should.Throw<FineTuneException>(() => RecipeFile.Read("finetune", [])).Message.ShouldContain("did you mean 'fine-tune'");

    public void Dispose() => _tiny.Dispose();

    private Recipe Read(string name, params string[] settings) =>
        RecipeFile.Read(name, [$"data='{_tiny.Data}'", "model=cifar_resnet20", "input={ size: 16, resize: 18 }", "threads=1", .. settings]);
}
