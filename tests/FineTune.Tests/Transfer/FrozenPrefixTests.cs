using FineTune.Models;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

public sealed class FrozenPrefixTests
{
    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("cifar_resnet20")]
    [InlineData("mobilenet_v1_025")]
    public void Folding_changes_logits_by_at_most_1e_4(string model)
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create(model, 7);
        network.Preprocessing = network.Preprocessing with { InputSize = 64 };
        Stir(network);
        var line = FreezeLine.Parse(network, "head");
        network.eval();
        var images = randn([3, 3, 64, 64]);
        var expected = network.forward(images);

        using var prefix = new FrozenPrefix(line);
        var found = network.ForwardFrom(line.Stage, prefix.Forward(images));

        prefix.Difference.ShouldBeLessThanOrEqualTo(FrozenPrefix.Tolerance);
        ((found - expected).norm() / expected.norm()).item<float>().ShouldBeLessThanOrEqualTo(1e-4f);
    }

    [Fact]
    public void A_network_that_computes_in_bfloat16_is_folded_and_checked_in_single_precision()
    {
        using var network = Zoo.Create("cifar_resnet20", 7);
        network.Numerics = Numerics.Open("bfloat16", "channels_last", network)[0];

        using var prefix = new FrozenPrefix(FreezeLine.Parse(network, "head"));

        prefix.Difference.ShouldBeLessThanOrEqualTo(FrozenPrefix.Tolerance);
    }

    [Fact]
    public void A_prefix_keeps_what_it_was_built_from()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", 7);
        var images = randn([2, 3, 32, 32]);
        using var prefix = new FrozenPrefix(FreezeLine.Parse(network, "layer3"));
        var before = prefix.Forward(images).clone();

        Stir(network);

        prefix.Forward(images).ne(before).any().item<bool>().ShouldBeFalse();
    }

    [Fact]
    public void A_folded_form_that_differs_is_refused()
    {
        using var network = Zoo.Create("cifar_resnet20", 7);
        using (no_grad())
            network.state_dict()["bn1.running_var"].fill_(float.NaN); // differs from itself
        Should.Throw<FineTuneException>(() => new FrozenPrefix(FreezeLine.Parse(network, "head"))).Message
            .ShouldBe("Folding batch norm into the convolutions of 'cifar_resnet20' changed its output by NaN relative; 1e-4 is accepted.");
    }

    [Fact]
    public void Building_one_sets_the_network_to_inference_and_what_it_says_has_no_gradient()
    {
        using var network = Zoo.Create("cifar_resnet20", 7);
        network.train();
        using var prefix = new FrozenPrefix(FreezeLine.Parse(network, "head"));
        network.training.ShouldBeFalse();
        using var images = rand([2, 3, 32, 32]);
        using var found = prefix.Forward(images);
        found.requires_grad.ShouldBeFalse();
    }

    /// <summary>Statistics and scales as a trained network has them: none 0 or 1.</summary>
    private static void Stir(Network network)
    {
        using var _ = no_grad();
        manual_seed(3);
        foreach (var (name, values) in network.state_dict())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
                values.normal_(0, 0.2);
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
                values.uniform_(0.5, 1.5);
            else if (name.EndsWith("weight", StringComparison.Ordinal) && values.dim() == 1)
                values.uniform_(0.7, 1.3);
        }
    }
}
