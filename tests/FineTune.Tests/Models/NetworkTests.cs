using FineTune.Models;
using FineTune.Optimize;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class NetworkTests
{
    [Fact]
    public void A_users_module_runs_through_its_stages()
    {
        using var network = OwnModule.Create(out var own);
        network.eval();
        using var scope = NewDisposeScope();
        var images = randn([2, 3, 8, 8]);
        network.call(images).data<float>().ToArray().ShouldBe(own.call(images).data<float>().ToArray());
        (network.Features, network.Classes).ShouldBe((5, 3));
        network.state_dict().Keys.ShouldContain("features.0.weight");
    }

    [Fact]
    public void A_users_head_is_replaced_for_other_classes()
    {
        using var network = OwnModule.Create();
        network.ReplaceHead(7);
        network.Classes.ShouldBe(7);
        network.state_dict()["top.weight"].shape.ShouldBe([7, 5]);
        using var scope = NewDisposeScope();
        network.call(zeros([2, 3, 8, 8])).shape.ShouldBe([2, 7]);
    }

    [Fact]
    public void A_users_module_is_frozen_below_a_stage()
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        vector.Unfreeze(FreezeLine.Parse(network, "middle").Stage);
        network.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)
            .ShouldBe(["module.middle.weight", "module.middle.bias", "module.top.weight", "module.top.bias"], ignoreOrder: true);
    }

    [Fact]
    public void A_parameter_in_no_stage_is_named() =>
        Should.Throw<FineTuneException>(() => OwnModule.Create("features", "top"))
            .Message.ShouldContain("no stage has: middle.weight, middle.bias");

    [Fact]
    public void A_parameter_in_two_stages_is_named() =>
        Should.Throw<FineTuneException>(() => OwnModule.Create("features", "middle", "middle", "top"))
            .Message.ShouldContain("some are in two: middle.weight, middle.bias");

    [Fact]
    public void A_head_that_cannot_be_replaced_says_what_to_give()
    {
        using var network = OwnModule.Create("features", "middle", "top");
        Should.Throw<FineTuneException>(() => network.ReplaceHead(4)).Message.ShouldContain("give replaceHead");
    }

    [Fact]
    public void Dropout_without_a_layer_for_it_is_refused_and_with_one_is_set()
    {
        using var own = OwnModule.Create();
        Should.Throw<FineTuneException>(() => own.HeadDropout = 0.5).Message.ShouldContain("no dropout layer");
        using var zoo = Zoo.Create("cifar_resnet20", 2);
        zoo.HeadDropout = 0.25;
        zoo.HeadDropout.ShouldBe(0.25);
        zoo.train();
        using var scope = NewDisposeScope();
        var pooled = ones([1, 64]);
        zoo.Head.Forward(pooled).allclose(zoo.Head.Forward(pooled)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("alexnet", "linear", new[] { 0.4, 0.4 })] // before both of its hidden layers, as torchvision's dropout=0.4
    [InlineData("cifar_resnet20", "concat-pool", new[] { 0.2, 0.4 })] // fastai's half before the hidden layer
    [InlineData("cifar_resnet20", "mlp", new[] { 0.4 })]
    public void Dropout_before_hidden_layers_goes_with_that_before_the_last(string model, string head, double[] expected)
    {
        using var network = Zoo.Create(model, 2);
        HeadForm.Parse(head, 8).Install(network);
        network.HeadDropout = 0.4;
        network.DropoutLayers.Select(d => d.Layer.p).ShouldBe(expected);
        network.HeadDropout.ShouldBe(0.4);
    }

    [Fact]
    public void An_unknown_stage_is_answered_with_the_nearest()
    {
        using var network = Zoo.Create("cifar_resnet20", 2);
        Should.Throw<FineTuneException>(() => network.StageIndex("layer4")).Message.ShouldContain("did you mean 'layer1'");
        Should.Throw<FineTuneException>(() => FreezeLine.Parse(network, "heads")).Message.ShouldContain("did you mean 'head'");
    }
}
