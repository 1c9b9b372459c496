using FineTune.Regularize;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Tests.Regularize;

/// <summary>What each layer draws: how often, of what shape, and that its mean is what inference computes.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class DropoutKindTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public DropoutKindTests() => manual_seed(7);

    [Fact]
    public void Test_scaled_dropout_keeps_values_as_they_are_and_scales_at_test_time()
    {
        using var layer = new TestScaledDropout(0.3);
        var drawn = layer.call(ones([200, 100]));
        drawn.eq(0).logical_or(drawn.eq(1)).all().item<bool>().ShouldBeTrue();
        Mean(drawn).ShouldBe(0.7, 0.015); // 4.6 standard deviations of 20,000 draws
        layer.eval();
        Floats(layer.call(ones([2, 2]))).ShouldAllBe(v => Math.Abs(v - 0.7f) < 1e-6);
    }

    [Fact]
    public void DropBlock_leaves_out_what_torchvisions_does()
    {
        const int Size = 3;
        using var layer = new DropBlock(0.2, Size);
        var images = rand([4, 5, 9, 8]);
        manual_seed(3);
        var found = layer.call(images);
        manual_seed(3);
        var noise = empty([4, 5, 7, 6]).bernoulli_(DropBlock.Gamma(0.2, Size, 9, 8));
        noise = 1 - nn.functional.max_pool2d(nn.functional.pad(noise, [1, 1, 1, 1]), [Size, Size], [1, 1], [1, 1]);
        var expected = images * noise * (noise.numel() / (noise.sum() + 1e-6)); // torchvision.ops.drop_block2d
        found.allclose(expected, 1e-5, 1e-6).ShouldBeTrue();
        found.eq(0).any().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void DropBlock_leaves_out_whole_squares_and_keeps_the_mean(int size)
    {
        using var layer = new DropBlock(0.15, size);
        var drawn = layer.call(ones([8, 6, 10, 11]));
        Mean(drawn).ShouldBe(1, 1e-4);
        var left = drawn.eq(0).to(ScalarType.Float32);
        Mean(left).ShouldBeInRange(0.04, 0.19);
        var whole = 1 - nn.functional.max_pool2d(1 - left, [size, size], [1, 1]); // where a square of nothing begins
        var rim = size - 1;
        var squares = nn.functional.max_pool2d(nn.functional.pad(whole, [rim, rim, rim, rim]), [size, size], [1, 1]);
        Floats(squares).ShouldBe(Floats(left));
    }

    [Fact]
    public void DropBlocks_gamma_is_the_papers()
    {
        DropBlock.Gamma(0.1, 7, 14, 14).ShouldBe(0.00625, 1e-12);
        DropBlock.Gamma(0.1, 1, 14, 14).ShouldBe(0.1, 1e-12); // dropout
        DropBlock.Gamma(0.1, 7, 7, 7).ShouldBe(0.1, 1e-12); // the map or nothing
    }

    [Fact]
    public void A_square_is_no_larger_than_its_map()
    {
        using var layer = new DropBlock(0.5, 7);
        var maps = Floats(layer.call(ones([20, 10, 2, 2]))).Chunk(4).ToArray();
        maps.ShouldAllBe(m => m.All(v => v == m[0]));
        maps.Count(m => m[0] == 0).ShouldBeInRange(70, 130);
    }

    [Fact]
    public void DropBlock_after_a_stage_without_maps_is_one_sentence()
    {
        using var layer = new DropBlock(0.5, 7);
        Should.Throw<FineTuneException>(() => layer.call(ones([2, 3]))).Message.ShouldContain("gives [2, 3]");
    }

    [Fact]
    public void Stochastic_depth_keeps_or_leaves_out_an_images_whole_branch()
    {
        using var layer = new StochasticDepth(0.8);
        var rows = Floats(layer.call(ones([2000, 2, 2, 1]))).Chunk(4).ToArray();
        rows.ShouldAllBe(r => r.All(v => v == r[0]) && (r[0] == 0 || Math.Abs(r[0] - 1.25f) < 1e-6));
        rows.Average(r => r[0]).ShouldBe(1, 0.05);
    }

    [Fact]
    public void DropConnect_masks_weights_for_each_image_and_its_mean_is_the_layer()
    {
        using var linear = nn.Linear(6, 3);
        using var layer = new DropConnect(() => linear, 0.4);
        var x = randn([1, 6]);
        var draws = layer.call(x.expand(20_000, 6));
        draws[0L].allclose(draws[1L]).ShouldBeFalse();
        draws.mean([0]).allclose(linear.call(x).squeeze(0), 0, 0.05).ShouldBeTrue();

        // y = sum of kept w x / (1 - p) + b: the variance of each output is p / (1 - p) sum (w x)^2, of dropout on x as on w.
        var variance = (linear.weight * x).square().sum(1) * (0.4 / 0.6);
        draws.var([0]).allclose(variance, 0.1, 1e-3).ShouldBeTrue();
        layer.eval();
        layer.call(x).allclose(linear.call(x)).ShouldBeTrue();
    }

    [Fact]
    public void DropConnect_draws_the_outputs_apart_where_dropout_does_not()
    {
        using var linear = nn.Linear(1, 2, hasBias: false);
        using (no_grad())
            linear.weight.fill_(1);
        using var layer = new DropConnect(() => linear, 0.5);
        var drawn = Floats(layer.call(ones([400, 1]))).Chunk(2).ToArray();
        drawn.Count(o => o[0] != o[1]).ShouldBeInRange(150, 250);
    }

    [Fact]
    public void Where_nothing_is_asked_for_inference_is_the_input()
    {
        var x = randn([2, 3, 4, 4]);
        foreach (var layer in new StochasticLayer[] { new DropBlock(0.5, 2), new StochasticDepth(0.5) })
        {
            using (layer)
            {
                layer.eval();
                layer.call(x).ShouldBeSameAs(x);
            }
        }
    }

    public void Dispose() => _scope.Dispose();

    private static double Mean(Tensor x) => x.mean().item<float>();

    private static float[] Floats(Tensor x) => x.contiguous().data<float>().ToArray();
}
