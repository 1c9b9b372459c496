using FineTune.Augment;
using FineTune.Data;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Tests.Data;
using static TorchSharp.torch;

namespace FineTune.Tests.Ensemble;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class WeightAverageTests
{
    private const string Model = "cnn:widths=4-6,convs=1,size=16";

    [Fact]
    public void Every_weight_and_statistic_is_the_mean_and_whole_numbers_are_the_first_ones()
    {
        using var target = Zoo.Create(Model, 3, seed: 9);
        using var a = Filled(0.5f);
        using var b = Filled(1f);
        using var c = Filled(4.5f);

        WeightAverage.Fill(target, [a, b, c]);

        foreach (var (name, values) in target.state_dict())
        {
            var whole = name.EndsWith("num_batches_tracked", StringComparison.Ordinal);
            values.to(ScalarType.Float32).data<float>().ShouldAllBe(v => v == (whole ? 50 : 2), name);
        }
    }

    /// <summary>In float32, (1 + 1e-8) - 1 is 0 and (1 - 1) + 1e-8 is not.</summary>
    [Fact]
    public void The_order_of_members_changes_nothing()
    {
        using var target = Zoo.Create(Model, 3);
        using var one = Filled(1f);
        using var tiny = Filled(3e-8f);
        using var less = Filled(-1f);
        foreach (var order in new[] { new[] { one, tiny, less }, [one, less, tiny], [tiny, less, one] })
        {
            WeightAverage.Fill(target, order);
            target.state_dict()["head.weight"].data<float>()[0].ShouldBe(1e-8f, 1e-14f);
        }
    }

    [Fact]
    public void Networks_of_one_architecture_head_and_preprocessing_have_a_mean()
    {
        using var a = Zoo.Create(Model, 3);
        using var b = Zoo.Create(Model, 3, seed: 1);
        using var wider = Zoo.Create("cnn:widths=4-8,convs=1,size=16", 3);
        using var more = Zoo.Create(Model, 4);
        using var other = Zoo.Create(Model, 3);
        other.Preprocessing = other.Preprocessing with { ResizeTo = 20 };

        WeightAverage.Problem([("a", a)]).ShouldBeNull();
        WeightAverage.Problem([("a", a), ("b", b)]).ShouldBeNull();
        WeightAverage.Problem([("a", a), ("b", b), ("c", wider)])
            .ShouldBe("'a' is cnn:widths=4-6,convs=1,size=16 and 'c' cnn:widths=4-8,convs=1,size=16");
        WeightAverage.Problem([("a", a), ("c", more)]).ShouldBe("the heads of 'a' and 'c' have other shapes");
        WeightAverage.Problem([("a", a), ("c", other)])
            .ShouldBe("'a' and 'c' see images in other ways (size, resize or normalisation)");
    }

    [Fact]
    public void A_head_of_another_form_has_other_tensors()
    {
        using var plain = Zoo.Create(Model, 3);
        using var hidden = Zoo.Create(Model, 3);
        FineTune.Transfer.Heads.HeadForm.Parse("mlp", 8).Install(hidden);
        WeightAverage.Problem([("a", plain), ("b", hidden)]).ShouldBe("the heads of 'a' and 'b' have other shapes");
    }

    /// <summary>As torch.optim.swa_utils.update_bn has it: the mean of the batches' means and of their unbiased variances.</summary>
    [Fact]
    public void Statistics_are_the_mean_of_the_batches_own()
    {
        using var tree = new ImageTree().Images("a", 5);
        var samples = Enumerable.Range(0, 5).Select(i => new Sample(tree.PathOf($"a/{i:000}.bmp"), i % 3)).ToArray();
        var loader = new Loader(samples, new LoaderOptions { BatchSize = 2 }, Augmentations.Evaluation(16, 16));
        using var network = Zoo.Create(Model, 3, seed: 1);
        var state = network.state_dict();
        using (no_grad())
            state["block1.norm1.running_mean"].fill_(7);
        var weight = state["block1.conv1.weight"];

        BatchNormStatistics.In(network).ShouldBeTrue();
        BatchNormStatistics.Compute(network, loader);

        var (means, variances) = (new List<Tensor>(), new List<Tensor>());
        foreach (var batch in loader.Epoch(0))
        {
            using var inputs = Predictor.ToTensor(batch, CPU);
            var seen = nn.functional.conv2d(inputs, weight, padding: [1, 1]).transpose(0, 1).flatten(1);
            means.Add(seen.mean([1]));
            variances.Add(seen.var(1));
            batch.Dispose();
        }

        means.Count.ShouldBe(3); // of 2, 2 and 1 images
        Near(state["block1.norm1.running_mean"], stack(means).mean([0]));
        Near(state["block1.norm1.running_var"], stack(variances).mean([0]));
        network.training.ShouldBeFalse();
        network.modules().OfType<TorchSharp.Modules.BatchNorm2d>().ShouldAllBe(n => !n.training && n.momentum == 0.1);
        using var bare = Zoo.Create(Model + ",norm=none", 3);
        BatchNormStatistics.In(bare).ShouldBeFalse();
    }

    private static Network Filled(float value)
    {
        using var _ = no_grad();
        var network = Zoo.Create(Model, 3);
        foreach (var (_, values) in network.state_dict())
            values.fill_(values.is_floating_point() ? value : 100 * value);
        return network;
    }

    private static void Near(Tensor found, Tensor expected)
    {
        found.shape.ShouldBe(expected.shape);
        (found - expected).abs().max().item<float>().ShouldBeLessThan(1e-5f);
    }
}
