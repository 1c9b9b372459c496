using System.Text.Json;
using FineTune.Models;
using FineTune.Models.Graph;
using FineTune.Transfer;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class InputAdaptationTests
{
    private const int Patch = 8, Width = 4;

    [Theory]
    [InlineData(32, 48)]
    [InlineData(48, 24)]
    [InlineData(32, 40)]
    public void Position_embeddings_are_interpolated_as_torchvision_does(int old, int size)
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, float[]>>(
            File.ReadAllText(Repo.Goldens("Transfer/positions.json")))![$"{old} {size}"];
        using var network = new Network(Small(old).For(size));
        var tokens = (old / Patch * (old / Patch)) + 1;
        var weights = new StateDict();
        var values = Enumerable.Range(0, tokens * Width).Select(i => (float)Math.Sin((0.7 * i) + 0.3)).ToArray();
        weights.Add("encoder.pos_embedding", TensorData.From(values, 1, tokens, Width));
        var fitted = InputAdaptation.Fit(network, weights);
        var found = fitted["encoder.pos_embedding"].ToFloats();
        found.Length.ShouldBe(golden.Length);
        for (var k = 0; k < golden.Length; k++)
            found[k].ShouldBe(golden[k], 2e-6f);
        fitted.Notes.ShouldBe([$"The position embeddings are for {tokens - 1} patches: "
            + $"they were interpolated (bicubic) to {size / Patch * (size / Patch)}."]);
        using var scope = NewDisposeScope();
        network.call(rand([2, 3, size, size])).shape.ShouldBe([2, 3]);
    }

    [Fact]
    public void Filters_are_summed_for_one_channel_so_that_grey_images_give_the_same()
    {
        using var rgb = Zoo.Create("cifar_resnet20", 3);
        using var grey = Zoo.Create("cifar_resnet20", 3, channels: 1);
        var fitted = InputAdaptation.Fit(grey, WeightLoader.Read(rgb));
        fitted.Notes.ShouldHaveSingleItem().ShouldContain("'conv1' are for 3 channels: they were summed for one");
        WeightLoader.Load(grey, fitted, "x");
        Same(rgb, grey, images => images, 3);
    }

    [Fact]
    public void Filters_are_repeated_for_more_channels_so_that_grey_images_give_the_same()
    {
        using var rgb = Zoo.Create("mobilenet_v1_025", 3);
        using var six = Zoo.Create("mobilenet_v1_025", 3, channels: 6);
        six.state_dict()["stage1.0.0.weight"].shape.ShouldBe([8, 6, 3, 3]);
        var fitted = InputAdaptation.Fit(six, WeightLoader.Read(rgb));
        fitted.Notes.ShouldHaveSingleItem().ShouldEndWith(" are for 3 channels: they were repeated for 6.");
        WeightLoader.Load(six, fitted, "x");
        Same(rgb, six, images => images.expand(2, 6, 32, 32), 3);
    }

    [Fact]
    public void What_fits_is_left_alone()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var weights = WeightLoader.Read(network);
        InputAdaptation.Fit(network, weights).ShouldBeSameAs(weights);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 5)]
    public void Filters_are_repeated_in_turn_and_scaled(int old, int channels)
    {
        using var network = Zoo.Create("cifar_resnet20", 3, channels: channels);
        var values = Enumerable.Range(0, 16 * old * 9).Select(i => (float)Math.Sin(i)).ToArray();
        var weights = new StateDict();
        weights.Add("conv1.weight", TensorData.From(values, 16, old, 3, 3));

        var fitted = InputAdaptation.Fit(network, weights)["conv1.weight"];

        fitted.Shape.ToArray().ShouldBe([16, channels, 3, 3]);
        float Old(int filter, int channel, int place) => values[(((filter * old) + channel) * 9) + place];
        var found = fitted.ToFloats();
        for (var k = 0; k < found.Length; k++)
        {
            var (filter, channel, place) = (k / (9 * channels), k / 9 % channels, k % 9);
            var expected = channels == 1
                ? Enumerable.Range(0, old).Sum(c => Old(filter, c, place))
                : Old(filter, channel % old, place) * old / channels;
            found[k].ShouldBe(expected, 1e-5f);
        }
    }

    /// <summary>They are left for the loader, which refuses them with their shapes.</summary>
    [Fact]
    public void What_cannot_be_fitted_is_left_alone()
    {
        using var cifar = Zoo.Create("cifar_resnet20", 3, channels: 1);
        foreach (var shape in new long[][] { [15, 3, 3, 3], [16, 3, 5, 3], [16, 3, 3, 5], [16, 27] })
            Untouched(cifar, "conv1.weight", shape);
        Untouched(cifar, "layer1.0.conv1.weight", [16, 3, 3, 3]); // not the first
        using var vit = new Network(Small(32)); // 16 patches
        foreach (var shape in new long[][] { [1, 13, Width], [1, 1, Width], [1, 37, Width + 1], [2, 37, Width], [37, Width] })
            Untouched(vit, "encoder.pos_embedding", shape);
    }

    private static void Untouched(Network network, string key, long[] shape)
    {
        var weights = new StateDict();
        weights.Add(key, TensorData.From(new float[shape.Aggregate((a, b) => a * b)], shape));
        InputAdaptation.Fit(network, weights).ShouldBeSameAs(weights, string.Join(" x ", shape));
    }

    private static NetworkGraph Small(int size) =>
        VisionTransformer.Describe("vit_small", Patch, 4, Width, 2, Preprocessing.ForImageNet(size, size), 3);

    private static void Same(Network a, Network b, Func<Tensor, Tensor> toB, int channels)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        a.eval();
        b.eval();
        var grey = rand([2, 1, 32, 32]);
        var (x, y) = (a.call(grey.expand(2, channels, 32, 32)), b.call(toB(grey)));
        x.sub(y).abs().max().item<float>().ShouldBeLessThan(1e-4f);
    }
}
