using FineTune.Diagnose;
using FineTune.Engine;
using FineTune.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Tests.Diagnose;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class GradCamTests
{
    /// <summary>
    /// With global average pooling and a linear head the gradient of a logit by a map is the head's weight over the pixels, so that
    /// Grad-CAM is CAM (Zhou et al. 2016): the weights of the class times the maps.
    /// </summary>
    [Theory]
    [InlineData("cifar_resnet20", "layer3", 8)]
    [InlineData("resnet18", "layer3", 2)] // of layer4, one pixel is left
    public void It_is_cam_where_a_linear_head_follows_the_mean_of_the_maps(string model, string stage, int side)
    {
        using var network = Create(model, 4, 32);
        using var images = Images(3);
        long[] classes = [2, 0, 3];

        var cam = GradCam.Of(network)!;
        var maps = cam.Maps(images, classes);

        cam.Stage.ShouldBe(stage);
        maps.ShouldAllBe(m => m.Width == side && m.Height == side && m.Values.Length == side * side);
        maps.Max(m => m.Values.Max()).ShouldBe(1);
        if (model != "cifar_resnet20")
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var features = network.Layers(0, network.StageIndex(stage) + 1, images); // [3, C, 8, 8]
        var weights = network.HeadLinear.weight!; // [4, C]
        for (var i = 0; i < classes.Length; i++)
        {
            var expected = (features[i] * weights[classes[i]].view(-1, 1, 1)).sum([0L]).relu();
            var most = expected.max().item<float>();
            var values = TensorValues.Of<float>((expected / (most > 0 ? most : 1)).contiguous()).ToArray();
            maps[i].Values.Zip(values).ShouldAllBe(v => Math.Abs(v.First - v.Second) < 1e-4);
        }
    }

    /// <summary>Maps of one channel each: the map itself where the class's weight is positive, nothing where it is negative.</summary>
    [Fact]
    public void What_speaks_against_a_class_is_left_out()
    {
        using var network = Create("cifar_resnet20", 2, 32);
        using (no_grad())
        {
            network.HeadLinear.weight![0].fill_(1);
            network.HeadLinear.weight![1].fill_(-1);
        }

        using var images = Images(2);
        var maps = GradCam.Of(network)!.Maps(images, [0, 1]);

        maps[0].Values.Max().ShouldBe(1); // features are not negative
        maps[1].Values.ShouldAllBe(v => v == 0);
    }

    [Theory]
    [InlineData("vit_b_32", null)]
    [InlineData("swin_t", "layer4")]
    [InlineData("convnext_tiny", "layer4")]
    [InlineData("squeezenet1_1", "fire3")]
    [InlineData("vgg11", "block5")]
    public void The_stage_is_the_last_before_the_head_that_ends_in_maps(string model, string? stage)
    {
        using var network = Create(model, 2, 64);

        GradCam.Of(network)?.Stage.ShouldBe(stage);
        (GradCam.Of(network) is null).ShouldBe(stage is null);
    }

    [Fact]
    public void Maps_whose_channels_are_last_are_read_as_such()
    {
        using var network = Create("swin_t", 2, 64);
        using var images = rand(1, 3, 64, 64);

        var map = GradCam.Of(network)!.Maps(images, [1]).ShouldHaveSingleItem();

        (map.Width, map.Height).ShouldBe((2, 2)); // 64 / 32
    }

    [Fact]
    public void No_tensor_is_left_and_no_gradient_of_the_weights()
    {
        using var network = Create("cifar_resnet20", 2, 32);
        using var images = Images(2);
        var cam = GradCam.Of(network)!;
        cam.Maps(images, [0, 1]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        cam.Maps(images, [0, 1]);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
        network.parameters().Where(p => p.grad is not null).ShouldBeEmpty();
    }

    [Fact]
    public void A_map_is_read_between_its_pixels()
    {
        var map = new HeatMap(2, 2, [0, 1, 0.5f, 0.5f]);

        map.At(0.25, 0.25).ShouldBe(0);
        map.At(0.75, 0.25).ShouldBe(1);
        map.At(0.5, 0.25).ShouldBe(0.5);
        map.At(0.75, 0.5).ShouldBe(0.75);
        map.At(0, 1).ShouldBe(0.5);
    }

    private static Network Create(string model, int classes, int size)
    {
        var network = Zoo.Create(model, classes, seed: 1, size: size);
        network.Preprocessing = network.Preprocessing with { InputSize = size };
        return network;
    }

    private static Tensor Images(int count)
    {
        using var generator = new Generator(1);
        return randn([count, 3, 32, 32], ScalarType.Float32, CPU, false, generator);
    }
}
