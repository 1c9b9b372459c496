using System.Text;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Train.Keys;

namespace FineTune.Tests.Experiment;

public sealed class RecipeFileTests : IDisposable
{
    private static readonly string[] Minimal = ["data=photos", "model=resnet18"];

    private readonly string _root = Directory.CreateTempSubdirectory("finetune-recipe-").FullName;

    [Fact]
    public void Without_a_model_it_is_that_of_the_weights() =>
        RecipeFile.Read("fine-tune", ["data=photos", "weights=attic"]).Model.ShouldBe("cifar_resnet20");

    [Fact]
    public void What_is_written_reads_back_as_the_same_recipe()
    {
        var recipe = new Recipe
        {
            Data = "my photos: 'the second'",
            Model = "resnet18",
            Weights = "null", // a word that YAML would take for another thing
            Trainable = "layer3",
            BatchNorm = "statistics-only",
            Head = new HeadOptions { Dropout = 0.2, Init = "zero" },
            Checkpoint = new CheckpointOptions { Steps = 50, Minutes = 1.5 },
            Precision = "bfloat16",
            Layout = "auto",
            Input = new InputOptions { Size = 96, Resize = 0 },
            Augment = AugmentSpec.Of(
                new NamedSpec("random_resized_crop").With("scale", new List<object?> { 0.25, 1L }), new NamedSpec("horizontal_flip")),
            Optimizer = new NamedSpec("adamw").With("lr", 3e-4).With("beta2", 0.95),
            Schedule = new NamedSpec("step").With("every", "3 epochs").With("by", 0.2),
            Loss = new NamedSpec("focal").With("focal_gamma", 1.5).With("class_weights", "balanced"),
            LabelSmoothing = 0.1,
            Sampling = Sampling.Balanced,
            Epochs = 12,
            Batch = 48,
            Seed = -7,
            Snapshots = 4,
            ValFraction = 0.25,
            OnBadFile = OnBadFile.Skip,
            Threads = 2,
            Device = "cuda:1",
        };
        var text = RecipeFile.Write(recipe);
        var read = RecipeFile.Read(Saved(text));
        RecipeFile.Write(read).ShouldBe(text);
        (read with { Augment = recipe.Augment, Optimizer = recipe.Optimizer, Schedule = recipe.Schedule, Loss = recipe.Loss })
            .ShouldBe(recipe);
        read.Optimizer.ToString().ShouldBe(recipe.Optimizer.ToString());
        read.Schedule!.ToString().ShouldBe(recipe.Schedule.ToString());
        read.Loss.ToString().ShouldBe(recipe.Loss.ToString());
        read.Augment.Transforms.Select(t => t.ToString()).ShouldBe(recipe.Augment.Transforms.Select(t => t.ToString()));
    }

    [Fact]
    public void The_defaults_are_written_out_and_read_back()
    {
        var recipe = RecipeFile.Read(null, Minimal);
        var text = RecipeFile.Write(recipe);
        foreach (var key in RecipeKeys.All.Where(k => k.IsWritten).Select(k => k.Map ?? k.Name).Distinct())
            text.ShouldContain($"{key}:");
        RecipeFile.Write(RecipeFile.Read(Saved(text))).ShouldBe(text);
        recipe.Optimizer.ToString().ShouldBe(new Recipe().Optimizer.ToString());
        (recipe.Epochs, recipe.Batch, recipe.Trainable, recipe.Augment.Preset).ShouldBe((25, 32, "all", "light"));
    }

    [Theory]
    [InlineData("epochs=3", 3)]
    [InlineData("epochs = 3", null)] // a key with a blank is no key
    [InlineData("epochs=0x3", null)]
    [InlineData("epochs=", 25)] // nothing: the default
    public void A_setting_is_a_key_and_a_value(string setting, int? epochs)
    {
        if (epochs is null)
            Should.Throw<FineTuneException>(() => RecipeFile.Read(null, [.. Minimal, setting]));
        else
            RecipeFile.Read(null, [.. Minimal, setting]).Epochs.ShouldBe(epochs.Value);
    }

    [Fact]
    public void Settings_come_after_the_file_and_in_order()
    {
        var path = Saved("data: photos\nmodel: resnet18\nepochs: 9\noptimizer: { name: adam, lr: 0.1 }\nhead: { dropout: 0.4 }\n");
        var recipe = RecipeFile.Read(path, ["epochs=3", "optimizer.lr=0.5", "optimizer.beta1=0.8", "epochs=4", "input.size=64"]);
        recipe.Epochs.ShouldBe(4);
        recipe.Optimizer.ToString().ShouldBe("adam (lr 0.5, beta1 0.8)");
        recipe.Head.Dropout.ShouldBe(0.4);
        recipe.Input.Size.ShouldBe(64);
    }

    [Fact]
    public void Another_optimizer_by_name_does_not_inherit_the_options_of_the_first()
    {
        var path = Saved("data: photos\nmodel: resnet18\noptimizer: { name: sgd, lr: 0.1, momentum: 0.9 }\n");
        RecipeFile.Read(path, ["optimizer.name=adam"]).Optimizer.ToString().ShouldBe("adam");
        RecipeFile.Read(path, ["optimizer=adam", "optimizer.lr=0.2"]).Optimizer.ToString().ShouldBe("adam (lr 0.2)");
        RecipeFile.Read(null, [.. Minimal, "loss.class_weights=balanced"]).Loss.ToString()
            .ShouldBe("cross-entropy (class_weights balanced)");
        RecipeFile.Read(null, [.. Minimal, "loss.class_weights=balanced", "loss.name=focal", "loss.focal_gamma=3"]).Loss.ToString()
            .ShouldBe("focal (focal_gamma 3)");
        RecipeFile.Read(null, [.. Minimal, "optimizer.lr=0.2"]).Optimizer.ToString().ShouldBe("sgd (lr 0.2, momentum 0.9)");
        RecipeFile.Read(null, [.. Minimal, "augment=[horizontal_flip, {name: random_crop, padding: 2}]"]).Augment.Transforms[1].ToString()
            .ShouldBe("random_crop (padding 2)");
    }

    [Theory]
    [InlineData("epoch=3", "did you mean 'epochs'")]
    [InlineData("optimiser.lr=3", "did you mean 'optimizer'")]
    [InlineData("head.droput=0.1", "did you mean 'dropout'")]
    [InlineData("on_bad_file=skp", "did you mean 'skip'")]
    [InlineData("sampling=balancd", "Unknown value of `sampling`: 'balancd'; did you mean 'balanced'")]
    [InlineData("loss=[1, 2]", "The recipe's loss is a name, or a map with a name")]
    [InlineData("a.b.c=1", "Unknown recipe key 'a'")]
    [InlineData("optimizer.lr.x=1", "too many dots")]
    [InlineData("epochs", "write key=value")]
    [InlineData("=3", "write key=value")]
    [InlineData("epochs=many", "a whole number is allowed")]
    [InlineData("epochs=2.5", "a whole number is allowed")]
    [InlineData("seed=99999999999999999999", "The recipe's seed is 1E+20; a whole number of 64 bits is allowed")]
    [InlineData("epochs=1e30", "The recipe's epochs is 1E+30; 1 to")]
    [InlineData("seed=abc", "The recipe's seed is 'abc'; a whole number is allowed")]
    [InlineData("head=0.2", "The recipe's head is a map of form, hidden")]
    [InlineData("optimizer=[1, 2]", "The recipe's optimizer is a name, or a map with a name")]
    [InlineData("optimizer={lr: 2}", "The recipe's optimizer is a name, or a map with a name")]
    [InlineData("augment={lr: 2", "The value of 'augment={lr: 2' is no YAML: While parsing a flow mapping")]
    [InlineData("label_smoothing=nan", "The recipe's label_smoothing is NaN")]
    public void A_setting_that_means_nothing_is_one_sentence(string setting, string expected)
    {
        var message = Should.Throw<FineTuneException>(() => RecipeFile.Read(null, [.. Minimal, setting])).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("epoch: 3", "did you mean 'epochs'")]
    [InlineData("data: photos\ndata: twice", "Duplicate key")]
    [InlineData("- a list", "is no recipe: it is not a list of `key: value` lines")]
    [InlineData("just words", "is no recipe: it is not a list of `key: value` lines")]
    [InlineData("data: [unclosed", "is no YAML at line 2: While parsing a flow sequence")]
    [InlineData("data: !!python/object:os.system x", "has a type tag (!!python/object:os.system) at line 1")]
    [InlineData("a: &x [*x, *x]", "has an alias (*) at line 1")] // without end
    [InlineData("", "The recipe's data is ''")]
    public void A_file_that_is_no_recipe_is_one_sentence(string text, string expected)
    {
        var message = Should.Throw<FineTuneException>(() => RecipeFile.Read(Saved(text))).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused_and_a_byte_order_mark_is_followed()
    {
        var path = Saved(string.Empty);
        File.WriteAllText(path, "data: caf\u00e9\nmodel: resnet18\n", Encoding.Latin1);
        Should.Throw<FineTuneException>(() => RecipeFile.Read(path)).Message
            .ShouldBe($"'{path}' is not UTF-8; save it so, for instance by: iconv -f latin1 -t utf-8 FILE > NEW");
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            File.WriteAllText(path, "data: caf\u00e9\nmodel: resnet18\n", encoding);
            RecipeFile.Read(path).Data.ShouldBe("caf\u00e9");
        }
    }

    [Fact]
    public void A_recipe_takes_over_the_keys_of_those_that_it_includes()
    {
        Directory.CreateDirectory(Path.Combine(_root, "shared"));
        File.WriteAllText(Path.Combine(_root, "shared", "base.yaml"), "model: resnet18\nepochs: 3\nhead: { form: mlp, hidden: 64 }\n");
        File.WriteAllText(Path.Combine(_root, "shared", "long.yaml"), "include: base.yaml\nepochs: 30\n");
        var path = Saved("include: [shared/long.yaml]\ndata: photos\nhead: { hidden: 32 }\n");
        var recipe = RecipeFile.Read(path, ["batch=8"]);
        (recipe.Model, recipe.Epochs, recipe.Batch, recipe.Head.Form, recipe.Head.Hidden).ShouldBe(("resnet18", 30, 8, "mlp", 32));
        RecipeFile.Write(recipe).ShouldNotContain("include");
        File.WriteAllText(Path.Combine(_root, "shared", "base.yaml"), "model: resnet18\nepochs: 3\nbatch: 0\n");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(path))
            .Message.ShouldContain("base.yaml', line 3, column 8: The recipe's batch is 0");
        File.WriteAllText(Path.Combine(_root, "shared", "base.yaml"), "include: ../recipe.yaml\n");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(path)).Message.ShouldContain("includes itself");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(Saved("include: none.yaml"))).Message.ShouldContain("there is no such file");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(Saved("include: { a: b }")))
            .Message.ShouldContain("a recipe file or a list of them is allowed");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, [.. Minimal, "include=a.yaml"]))
            .Message.ShouldContain("is for recipe files");
    }

    [Fact]
    public void A_file_nested_past_the_end_of_the_stack_is_one_sentence() =>
        Should.Throw<FineTuneException>(() => RecipeFile.Read(Saved("a: " + new string('[', 500_000))))
            .Message.ShouldContain("nests deeper than a recipe does");

    [Fact]
    public void A_recipe_that_is_not_there_is_one_sentence() =>
        Should.Throw<FineTuneException>(() => RecipeFile.Read(Path.Combine(_root, "none.yaml")))
            .Message.ShouldEndWith("there is no such file.");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Saved(string text)
    {
        var path = Path.Combine(_root, "recipe.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
