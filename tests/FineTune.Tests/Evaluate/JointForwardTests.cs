using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Transfer.Heads;
using static TorchSharp.torch;

namespace FineTune.Tests.Evaluate;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class JointForwardTests : IDisposable
{
    private readonly Network[] _networks = [.. Enumerable.Range(0, 3).Select(_ => Zoo.Create("cifar_resnet20", 3, seed: 1))];
    private const float Folding = 1e-5f; // a batch norm within the convolution before it: other roundings

    private readonly Tensor _images = Images();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Heads_on_one_body_are_one_matrix_product_with_the_logits_of_each(bool inferenceMode)
    {
        Change("linear.weight");
        Change("linear.bias");
        using var _ = inferenceMode ? inference_mode() : null;
        Check(shared: _networks[0].Stages.Count - 1, 1e-6f);
    }

    [Fact]
    public void Heads_of_a_head_only_run_are_predicted_together_as_each_alone()
    {
        Change("linear.weight");
        using var tree = new FineTune.Tests.Data.ImageTree().Images("a", 5);
        var samples = Enumerable.Range(0, 5).Select(i => new FineTune.Data.Sample(tree.PathOf($"a/{i:000}.bmp"), i % 3)).ToArray();
        var classes = new[] { "x", "y", "z" };
        FineTune.Data.Loader Loader() =>
            new(samples, new FineTune.Data.LoaderOptions { BatchSize = 2 }, FineTune.Augment.Augmentations.Evaluation(16, 16));
        var together = Predictor.Predict(_networks, Loader(), classes);
        for (var m = 0; m < 3; m++)
            together[m].Probabilities.ShouldBe(Predictor.Predict(_networks[m], Loader(), classes).Probabilities, 1e-6);
    }

    [Theory]
    [InlineData("layer3.0.conv1.weight", 3)]
    [InlineData("layer2.1.bn2.running_var", 2)] // a statistic
    [InlineData("layer1.2.conv1.weight", 1)]
    [InlineData("bn1.running_mean", 0)]
    public void Stages_below_the_first_difference_run_once_and_change_no_bit(string tensor, int shared)
    {
        Change(tensor);
        Check(shared, 0);
    }

    [Fact]
    public void How_often_a_batch_norm_was_updated_is_no_difference()
    {
        Change("linear.weight");
        Change("bn1.num_batches_tracked");
        Check(shared: _networks[0].Stages.Count - 1, 1e-6f);
    }

    [Fact]
    public void A_hidden_layer_in_the_head_runs_for_each_after_the_shared_body()
    {
        foreach (var network in _networks)
            HeadForm.Parse("mlp", 8).Install(network);
        Change(_networks[0].FinalWeights.Name);
        Check(shared: _networks[0].Stages.Count - 1, 0);
    }

    [Fact]
    public void Nothing_is_shared_where_it_is_not_allowed_or_numerics_differ()
    {
        Change("linear.weight");
        using (var alone = new JointForward(_networks, share: false))
            alone.SharedStages.ShouldBe(0);
        _networks[2].Numerics = Numerics.Default;
        Check(shared: 0, 0);
    }

    /// <summary>A module of an application whose only stage is a linear layer: nothing is below it to be shared.</summary>
    [Fact]
    public void A_network_of_a_single_stage_runs_as_it_is()
    {
        using var input = Images().flatten(1).narrow(1, 0, 8);
        Network[] pair = [.. Enumerable.Range(0, 2).Select(_ => Single())];
        using var joint = new JointForward(pair);
        joint.SharedStages.ShouldBe(0);
        joint.Run(input, (m, logits) =>
        {
            using var alone = pair[m].ForwardFrom(0, input);
            (logits - alone).abs().max().item<float>().ShouldBe(0); // nothing to fold
        });
        foreach (var network in pair)
            network.Dispose();

        static Network Single()
        {
            var module = nn.Sequential(("fc", nn.Linear(8, 3)));
            return Network.FromChildren("single", module, Preprocessing.Cifar, ("head", ["fc"]));
        }
    }

    [Fact]
    public void Networks_of_other_architectures_run_beside_one_another()
    {
        using var other = Zoo.Create("cifar_resnet32", 3, seed: 1);
        Network[] pair = [_networks[0], other];
        other.eval();
        _networks[0].eval();
        using var joint = new JointForward(pair);
        joint.SharedStages.ShouldBe(0);
        joint.Run(_images, (m, logits) => Same(logits, pair[m], 0));
    }

    public void Dispose()
    {
        foreach (var network in _networks)
            network.Dispose();
        _images.Dispose();
    }

    private static Tensor Images()
    {
        using var generator = new Generator(3);
        return randn([4, 3, 32, 32], ScalarType.Float32, CPU, false, generator);
    }

    private void Change(string tensor)
    {
        using var _ = no_grad();
        for (var k = 1; k < _networks.Length; k++)
            _networks[k].state_dict()[tensor].add_(k);
    }

    private void Check(int shared, float tolerance)
    {
        foreach (var network in _networks)
            network.eval();
        using var joint = new JointForward(_networks);
        joint.SharedStages.ShouldBe(shared);
        var seen = 0;
        joint.Run(_images, (m, logits) =>
        {
            m.ShouldBe(seen++);
            Same(logits, _networks[m], tolerance);
        });
        seen.ShouldBe(3);
    }

    private void Same(Tensor logits, Network network, float tolerance)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var single = new JointForward([network]);
        single.Run(_images, (_, alone) => Apart(alone).ShouldBeLessThanOrEqualTo(tolerance));
        Apart(network.ForwardFrom(0, _images)).ShouldBeLessThan(Folding);

        float Apart(Tensor other) => ((logits - other).abs().max() / other.abs().max()).item<float>();
    }
}
