using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class CnnTests
{
    [Fact]
    public void Options_make_the_layers()
    {
        using var network = Zoo.Create("cnn:widths=4-6,convs=1,hidden=5,size=16,activation=gelu", 3);
        network.GetName().ShouldBe("cnn:widths=4-6,convs=1,hidden=5,size=16,activation=gelu");
        network.Preprocessing.InputSize.ShouldBe(16);
        network.Stages.Select(s => s.Name).ShouldBe(["block1", "block2", "pool", "classifier", "head"]);
        network.parameters().Sum(p => p.numel()).ShouldBe((4 * 27) + 8 + (6 * 36) + 12 + (6 * 5) + 5 + (5 * 3) + 3);
        using var scope = NewDisposeScope();
        network.call(rand([2, 3, 16, 16])).shape.ShouldBe([2, 3]);
    }

    [Fact]
    public void Without_options_it_has_three_blocks_of_two_convolutions_with_batch_norm()
    {
        var size = Zoo.Find("cnn").Size(10)!;
        size.Stages.Select(s => s.Name).ShouldBe(["block1", "block2", "block3", "pool", "head"]);
        size.Stages[2].Shape.ShouldBe([128, 4, 4]);
        size.Parameters.ShouldBe(
            (27 * 32) + (9 * 32 * 32) + (9 * 32 * 64) + (9 * 64 * 64) + (9 * 64 * 128) + (9 * 128 * 128) + (4 * (32 + 64 + 128)) + 1290);
        Zoo.Find("cnn:norm=none").Size(10)!.Parameters.ShouldBe(size.Parameters - (2 * (32 + 64 + 128)));
    }

    [Theory]
    [InlineData("cnn:width=4", "did you mean 'widths'")]
    [InlineData("cnn:widths=4-0", "widths are '4-0'; 1 to 8 numbers of 1 to 4096")]
    [InlineData("cnn:convs=9", "option convs of model cnn is '9'; 1 to 8")]
    [InlineData("cnn:convs=1.5", "a whole number")]
    [InlineData("cnn:activation=rellu", "did you mean 'relu'")]
    [InlineData("cnn:widths=4-4-4-4-4,size=16", "has 5 blocks, each of which halves the size, but its input has 16 pixels")]
    [InlineData("cnn:widths", "each is once and as in cnn:widths=32-64-128")]
    [InlineData("cnn:convs=1,convs=2", "each is once")]
    [InlineData("resnet18:size=64", "The model resnet18 has no options")]
    [InlineData("cmn:convs=1", "did you mean 'cnn'")]
    public void Options_that_cannot_be_are_one_sentence(string name, string sentence) =>
        Should.Throw<FineTuneException>(() => Zoo.Find(name)).Message.ShouldContain(sentence);
}
