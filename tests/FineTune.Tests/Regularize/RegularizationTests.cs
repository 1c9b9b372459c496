using FineTune.Models;
using FineTune.Regularize;
using FineTune.Tests.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Tests.Regularize;

/// <summary>Layers in a network: where they stand, what they leave alone, what is refused.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class RegularizationTests
{
    private static readonly RegularizeOptions Everything = new()
    {
        SpatialDropout = 0.2,
        DropBlock = 0.2,
        BlockSize = 2,
        StochasticDepth = 0.5,
        DropConnect = 0.5,
    };

    public static TheoryData<RegularizeOptions> Kinds => new(
        new RegularizeOptions { SpatialDropout = 0.5 },
        new RegularizeOptions { DropBlock = 0.3, BlockSize = 2 },
        new RegularizeOptions { StochasticDepth = 0.8 },
        new RegularizeOptions { DropConnect = 0.5 },
        Everything);

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public void Keys_stay_inference_is_the_same_to_the_bit_and_training_draws(RegularizeOptions options)
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", 4);
        network.eval();
        var images = randn([4, 3, 16, 16]);
        var (keys, expected) = (network.state_dict().Keys.ToArray(), network.call(images).data<float>().ToArray());
        var parameters = network.OrderedParameters().Select(p => p.Name).ToArray();
        Regularization.Install(network, options, 0);
        network.state_dict().Keys.ShouldBe(keys);
        network.OrderedParameters().Select(p => p.Name).ShouldBe(parameters);
        network.eval();
        network.call(images).data<float>().ToArray().ShouldBe(expected);
        foreach (var layer in StochasticLayer.In(network))
            layer.train();
        manual_seed(5);
        var drawn = network.call(images).data<float>().ToArray();
        drawn.ShouldNotBe(expected);
        manual_seed(5);
        network.call(images).data<float>().ToArray().ShouldBe(drawn);
        network.call(images).data<float>().ToArray().ShouldNotBe(drawn);
    }

    [Fact]
    public void Fractional_pooling_leaves_keys_and_sizes()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("resnet18", 3);
        network.eval();
        var images = randn([1, 3, 64, 64]);
        var (keys, stem, logits) = (network.state_dict().Keys.ToArray(), network.Through(0, 1, images), network.call(images));
        Regularization.Install(network, new RegularizeOptions { FractionalPool = true }, 0);
        network.eval();
        network.state_dict().Keys.ShouldBe(keys);
        network.Through(0, 1, images).shape.ShouldBe(stem.shape);
        network.call(images).allclose(logits).ShouldBeFalse();
        network.call(images).allclose(network.call(images), 0, 0).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(3, 3)]
    public void Stochastic_depth_follows_the_linear_rule_above_the_freeze_line(int firstTrained, int count)
    {
        using var network = Zoo.Create("cifar_resnet20", 2);
        Regularization.Install(network, new RegularizeOptions { StochasticDepth = 0.2 }, firstTrained);
        var keeps = network.modules().OfType<StochasticDepth>().Select(d => d.KeepProbability).ToArray();
        keeps.Length.ShouldBe(count);
        for (var l = 1; l <= count; l++)
            keeps[l - 1].ShouldBe(1 - ((9 - count + l) / 9.0 * 0.2), 1e-12);
    }

    [Theory]
    [InlineData(0, "layer2,layer3", "")]
    [InlineData(3, "layer3", "")]
    [InlineData(0, "stem,layer1", "layer1,stem")]
    public void Dropout_of_maps_stands_after_the_last_two_stages_that_train_or_those_named(int firstTrained, string expected, string named)
    {
        using var network = Zoo.Create("cifar_resnet20", 2);
        var options = new RegularizeOptions
        {
            SpatialDropout = 0.1,
            DropBlock = 0.1,
            Stages = named.Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
        Regularization.Install(network, options, firstTrained);
        foreach (var stage in network.Stages)
        {
            var here = expected.Split(',').Contains(stage.Name);
            stage.Appended.OfType<Dropout2d>().Count().ShouldBe(here ? 1 : 0, stage.Name);
            stage.Appended.OfType<DropBlock>().Count().ShouldBe(here ? 1 : 0, stage.Name);
        }
    }

    [Fact]
    public void A_stage_trains_and_infers_with_what_was_put_into_it()
    {
        using var network = Zoo.Create("cifar_resnet20", 2);
        Regularization.Install(network, Everything, 0);
        network.HeadDropout = 0.5;
        network.train();
        StochasticLayer.In(network).ShouldAllBe(l => l.training);
        network.eval();
        StochasticLayer.In(network).ShouldAllBe(l => !l.training);
        foreach (var stage in network.Stages)
            stage.Train(true);
        StochasticLayer.In(network).ShouldAllBe(l => l.training);
        StochasticLayer.In(network).Count.ShouldBe(2 + 2 + 9 + 1 + 1);
    }

    [Fact]
    public void DropConnect_follows_a_head_that_is_replaced()
    {
        using var scope = NewDisposeScope();
        using var network = OwnModule.Create();
        Regularization.Install(network, new RegularizeOptions { DropConnect = 0.5 }, 0);
        network.ReplaceHead(6);
        network.call(zeros([2, 3, 8, 8])).shape.ShouldBe([2, 6]);
    }

    [Theory]
    [InlineData("cifar_resnet20", 0, "fractional_pool", "has no max pool")]
    [InlineData("resnet18", 1, "fractional_pool", "below the freeze line")]
    [InlineData("mobilenet_v1_025", 0, "stochastic_depth", "has no residual blocks")]
    [InlineData("cifar_resnet20", 5, "stochastic_depth", "none of the residual blocks trains")]
    [InlineData("cifar_resnet20", 5, "drop_block", "no stage with convolutions trains")]
    [InlineData("cifar_resnet20", 5, "spatial_dropout", "no stage with convolutions trains")]
    public void What_would_never_draw_is_refused(string model, int firstTrained, string key, string why)
    {
        using var network = Zoo.Create(model, 2);
        var options = key switch
        {
            "fractional_pool" => new RegularizeOptions { FractionalPool = true },
            "stochastic_depth" => new RegularizeOptions { StochasticDepth = 0.1 },
            "drop_block" => new RegularizeOptions { DropBlock = 0.1 },
            _ => new RegularizeOptions { SpatialDropout = 0.1 },
        };
        var message = Should.Throw<FineTuneException>(() => Regularization.Install(network, options, firstTrained)).Message;
        message.ShouldContain(key);
        message.ShouldContain(why);
    }

    [Theory]
    [InlineData("layer1", "layer2, layer3")]
    [InlineData("head", "layer2, layer3")]
    [InlineData("layr3", "did you mean 'layer3'")]
    public void A_stage_that_cannot_be_is_answered_with_those_that_can(string stage, string expected)
    {
        using var network = Zoo.Create("cifar_resnet20", 2);
        var options = new RegularizeOptions { DropBlock = 0.1, Stages = [stage] };
        Should.Throw<FineTuneException>(() => Regularization.Install(network, options, 2)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Head_dropout_has_two_forms_of_one_mean()
    {
        using var scope = NewDisposeScope();
        using var inverted = Zoo.Create("cifar_resnet20", 2);
        using var scaled = Zoo.Create("cifar_resnet20", 2);
        Regularization.InstallHeadDropout(inverted, 0.25, DropoutForm.Inverted);
        Regularization.InstallHeadDropout(scaled, 0.25, DropoutForm.TestScaled);
        scaled.state_dict().Keys.ShouldBe(inverted.state_dict().Keys);
        var pooled = rand([1, 64]);
        inverted.eval();
        scaled.eval();
        var weight = scaled.HeadLinear;
        inverted.Head.Forward(pooled).allclose(weight.call(pooled)).ShouldBeTrue();
        scaled.Head.Forward(pooled).allclose(weight.call(pooled * 0.75)).ShouldBeTrue();
        scaled.train();
        manual_seed(11);
        scaled.Head.Forward(pooled.expand(20_000, 64)).mean([0]).allclose(weight.call(pooled * 0.75).squeeze(0), 0, 0.01).ShouldBeTrue();
    }

    [Fact]
    public void The_other_form_needs_a_dropout_layer()
    {
        using var own = OwnModule.Create();
        Should.Throw<FineTuneException>(() => Regularization.InstallHeadDropout(own, 0.5, DropoutForm.TestScaled))
            .Message.ShouldContain("no dropout layer");
    }
}
