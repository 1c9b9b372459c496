using FineTune.Experiment;
using FineTune.Tests.Data;
using FineTune.Train;

namespace FineTune.Tests.Cli;

public sealed class BadRecipeTests
{
    [Theory]
    [InlineData("epoch=3", "Unknown recipe key 'epoch'", "'epochs'")]
    [InlineData("optimizer.momentun=0.5", "'momentun'", "'momentum'")]
    [InlineData("optimizer.name=adma", "'adma'", "'adam'")]
    [InlineData("optimizer.lr=nan", "lr", "'nan'", "is allowed")]
    [InlineData("optimizer.lr=-0.1", "lr", "'-0.1'", "at least 0")]
    [InlineData("optimizer.lr=inf", "lr", "is allowed")]
    [InlineData("optimizer.momentum=1.5", "momentum", "'1.5'", "0 to 1")]
    [InlineData("epochs=0", "epochs is 0", "1 to")]
    [InlineData("epochs=many", "epochs", "'many'")]
    [InlineData("epochs=2.5", "epochs", "'2.5'", "whole number")]
    [InlineData("epochs=99999999999999999999", "epochs")]
    [InlineData("batch=100000000", "batch is 100000000", "65536")]
    [InlineData("snapshots=500", "500 snapshots", "fewer snapshots")]
    [InlineData("snapshots=-1", "snapshots is -1")]
    [InlineData("head.dropout=1", "head.dropout is 1")]
    [InlineData("trainable=layer9", "'layer9'", "layer3")]
    [InlineData("augment=lectures", "'lectures'", "'lecture'")]
    [InlineData("schedule.name=cosin", "'cosin'", "'cosine'")]
    [InlineData("loss=focl", "'focl'", "'focal'")]
    [InlineData("loss={name: focal, focal_gamma: -1}", "focal_gamma", "'-1'", "at least 0")]
    [InlineData("sampling=equal", "'equal'", "balanced")]
    [InlineData("device=tpu", "'tpu'", "cpu")]
    [InlineData("input.size=1000000", "input.size is 1000000", "4096")]
    [InlineData("optimizer={name: sgd", "YAML")]
    [InlineData("epochs", "key=value")]
    [InlineData("a.b.c=1", "'a'")]
    [InlineData("batch=[4", "'batch=[4'")]
    [InlineData("batch=4\nepochs: 2", "more than one value")]
    [InlineData("batch=!!int 4", "'batch=!!int 4'", "type tag")]
    [InlineData("batch=4\n---\n5", "second document")]
    [InlineData("max_pixels=0", "max_pixels", "1 to 536870897")]
    [InlineData("max_pixels=99999999999", "max_pixels", "1 to 536870897")]
    [InlineData("augment=[{name: resize, size: 60000}]", "60000 pixels", "1 to 8192")]
    [InlineData("augment=[{name: resize_exact, height: 60000, width: 8}]", "60000 pixels", "1 to 8192")]
    [InlineData("augment=[{name: center_crop, size: 60000}]", "60000 pixels", "1 to 4096")]
    [InlineData("augment=[{name: random_crop, size: 60000, padding: 60000}]", "60000 pixels", "1 to 4096")]
    [InlineData("augment=[{name: random_resized_crop, size: 60000}]", "60000 pixels", "1 to 4096")]
    public void Setting_that_cannot_be_is_said(string setting, params string[] says)
    {
        using var tree = Photos.AntsAndBees();

        var message = Should.Throw<FineTuneException>(() =>
        {
            var recipe = RecipeFile.Read(null, ["model=cifar_resnet20", $"data='{tree.PathOf("data")}'", "epochs=1", "batch=4", setting]);
            FineTune.Experiment.Experiment.Prepare(recipe, new RunFolder(tree.PathOf("run"))).Dispose();
        }).Message;

        Outcome.Sentence(message.Replace('\n', ' '), says); // the command line writes a line break of what was given as \x0a
        message.ShouldNotContain("at line");
        Directory.Exists(tree.PathOf("run")).ShouldBeFalse();
    }

    [Fact]
    public void Command_line_says_the_same_before_it_writes_anything()
    {
        using var tree = Photos.AntsAndBees();

        Finetune.Run(tree.Training("epoch=3")).ShouldFail("Unknown recipe key 'epoch'", "'epochs'");
        Finetune.Run(tree.Training("optimizer.lr=nan")).ShouldFail("lr", "is allowed");

        Directory.Exists(tree.PathOf("run")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("modle: resnet18", "'modle'", "'model'")]
    [InlineData("just words", "no recipe")]
    [InlineData("epochs: [", "YAML")]
    [InlineData("epochs: 1\nepochs: 2", "epochs")]
    [InlineData("epochs: { a: 1 }", "epochs")]
    [InlineData("? [a, b]\n: 1", "key")]
    [InlineData("a: &x [*x]", "alias")]
    [InlineData("epochs: 1\n---\nepochs: 2", "second document", "line 2")]
    [InlineData("epochs: 1\n...\nepochs: 2", "second document", "line 3")]
    [InlineData("epochs: 1\nbatch: !!python/object:os.system x", "type tag (!!python/object:os.system)", "line 2")]
    [InlineData("epochs: 1\nbatch: !foo 4", "type tag (!foo)", "line 2")]
    [InlineData("epochs: 1\n!!map\n? a", "line 2")]
    [InlineData("epochs: 1\nbatch: [4\nseed: 3", "YAML at line 2", "not closed")]
    [InlineData("epochs: 1\n\tbatch: 4", "YAML at line 2")]
    [InlineData("epochs: 1\n\nepochs: 2", "YAML at line 3")]
    [InlineData("epochs: 1\n'epochs': 2", "YAML at line 2")]
    [InlineData("epochs: 1\n? [a]\n: 1", "line 2", "key")]
    [InlineData("- - - - - - - - - - - - - - - - - - - - - - - - a", "deeper")]
    public void Recipe_that_cannot_be_is_said(string yaml, params string[] says)
    {
        using var tree = new ImageTree().Bytes("recipe.yaml", System.Text.Encoding.UTF8.GetBytes(yaml));

        Outcome.Sentence(Should.Throw<FineTuneException>(() => RecipeFile.Read(tree.PathOf("recipe.yaml"))).Message, says);
    }

    [Fact]
    public void Recipe_that_is_not_there_is_named() =>
        Finetune.Run("train", "nofile.yaml", "--out", Path.Combine(Path.GetTempPath(), "finetune-no-run"))
            .ShouldFail("nofile.yaml", "no such file");

    [SkippableFact]
    public void Recipe_without_an_end_is_refused()
    {
        Skip.IfNot(File.Exists("/dev/zero"), "this system has no /dev/zero");

        Finetune.Run("train", "/dev/zero", "--out", Path.Combine(Path.GetTempPath(), "finetune-no-run"))
            .ShouldFail("/dev/zero", "not a regular file (a device)");
    }

    [Fact]
    public void Batch_larger_than_the_data_is_one_step_an_epoch()
    {
        using var tree = Photos.AntsAndBees();

        Finetune.Run(tree.Training("batch=65536")).ShouldSucceed().Error.ShouldContain("1 epoch of 1 step,");
    }
}
