using FineTune.Experiment;
using FineTune.Experiment.Auto;

namespace FineTune.Tests.Experiment.Auto;

public sealed class AutoChoiceTests
{
    [Theory]
    [InlineData(true, "batch=8")]
    [InlineData(true, "trainable=head")]
    [InlineData(true, "snapshots=5")]
    [InlineData(true, "recipe=auto", "optimizer.lr=0.1")]
    [InlineData(true, "minutes=5")]
    [InlineData(true, "epochs=3")]
    [InlineData(true, "recipe=fine-tune")]
    [InlineData(false, "recipe=fine-tune", "optimizer.lr=0.1")]
    [InlineData(false, "recipe=tutorial")]
    [InlineData(false, "optimizer.lr=0.1")]
    [InlineData(false, "schedule=cosine")]
    [InlineData(false, "unfreeze=1")]
    [InlineData(false, "phases=[{ trainable: head }]")]
    public void Auto_is_for_recipes_that_do_not_say_how_to_train(bool auto, params string[] settings) =>
        (RecipeFile.Read(null, ["data=x", "model=resnet18", .. settings]).Auto is not null).ShouldBe(auto);

    [Fact]
    public void Minutes_are_for_auto_alone()
    {
        RecipeFile.Read(null, ["data=x", "model=resnet18", "minutes=2.5"]).Auto!.Minutes.ShouldBe(2.5);
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", "minutes=2", "epochs=3"]))
            .Message.ShouldContain("leave out one of them");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", "minutes=2", "schedule=cosine"]))
            .Message.ShouldContain("minutes is the time");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", "minutes=0"]))
            .Message.ShouldContain("minutes is 0");
    }

    [Fact]
    public void Weights_are_chosen_by_auto_alone_and_two_recipes_are_one_too_many()
    {
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", "weights=auto", "optimizer.lr=0.1"]))
            .Message.ShouldStartWith("Only recipe auto chooses weights");
        Should.Throw<FineTuneException>(() => RecipeFile.Read("fine-tune", ["data=x", "model=resnet18", "recipe=auto"]))
            .Message.ShouldStartWith("Two recipes are named, fine-tune and auto");
    }

    [Theory]
    [InlineData("head.penalty=0.1", "head.init=exact")]
    [InlineData("head={ init: exact, penalty: 0 }", "above 0")]
    [InlineData("head={ init: exact, form: mlp }", "fits a linear head")]
    [InlineData("epoch_repeats=0", "1 to 10000")]
    public void What_cannot_be_is_refused(string setting, string sentence) =>
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", setting])).Message.ShouldContain(sentence);

    [Theory] // steps, steps a pass, batch, validation images; epochs, passes an epoch, patience
    [InlineData(280, 5, 32, 320, 14, 4, 7)] // a validation of 320 images costs as much as 107 training images: 22 steps between them
    [InlineData(2000, 300, 32, 1000, 7, 1, 3)]
    [InlineData(400, 5, 20, 1000, 4, 20, 3)]
    [InlineData(100, 100, 32, 10, 1, 1, 3)]
    public void An_epoch_is_long_enough_for_its_validation(
        long steps, long pass, int batch, int validation, int epochs, int repeats, int patience)
    {
        var length = Length.Of(steps, pass, batch, validation);
        (length.Epochs, length.Repeats, length.Patience).ShouldBe((epochs, repeats, patience));
    }

    [Theory]
    [InlineData(2, 10, 224, 512)] // 20 images
    [InlineData(5, 32, 224, 280)] // 160
    [InlineData(5, 32, 32, 530)] // small ones
    [InlineData(313, 32, 224, 2128)] // 10,000
    public void Steps_have_a_least_number_and_grow_with_the_images(long pass, int batch, int input, long steps) =>
        Length.StepsFor(pass, batch, input).ShouldBe(steps);
}
