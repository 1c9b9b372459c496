using FineTune.Regularize;
using static TorchSharp.torch;

namespace FineTune.Tests.Regularize;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class FractionalMaxPoolTests
{
    [Fact]
    public void Regions_begin_where_pytorchs_do() => FractionalMaxPool.Starts(7, 4, 2, 0.5).ShouldBe([0, 2, 4, 5]);

    [Theory]
    [InlineData(112, 56, 3)]
    [InlineData(112, 79, 3)]
    [InlineData(9, 9, 1)]
    [InlineData(5, 1, 3)]
    public void Regions_begin_at_zero_end_at_the_end_and_leave_no_gap(long length, long outputs, long size)
    {
        foreach (var u in new[] { 0, 0.25, 0.5, 0.99 })
        {
            var starts = FractionalMaxPool.Starts(length, outputs, size, u);
            starts.Length.ShouldBe((int)outputs);
            (starts[^1] + size).ShouldBe(length);
            starts.Zip(starts.Skip(1), (a, b) => b - a).ShouldAllBe(step => step >= 0 && step <= size);
            if (outputs > 1)
                starts[0].ShouldBe(0);
        }
    }

    [Fact]
    public void Inference_takes_the_largest_of_each_region()
    {
        using var scope = NewDisposeScope();
        using var replaced = nn.MaxPool2d(2, 1);
        using var pool = new FractionalMaxPool(replaced, 1.75);
        pool.eval();
        var x = randn([2, 3, 7, 7]);
        var starts = FractionalMaxPool.Starts(7, 4, 2, 0.5);
        var found = pool.call(x);
        found.shape.ShouldBe([2, 3, 4, 4]);
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
                found.select(2, i).select(2, j).allclose(x.narrow(2, starts[i], 2).narrow(3, starts[j], 2).amax(2, 3), 0, 0).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(56)]
    [InlineData(17)]
    [InlineData(4)]
    [InlineData(1)]
    public void Without_a_ratio_the_size_is_the_replaced_pools(long side)
    {
        using var scope = NewDisposeScope();
        using var replaced = nn.MaxPool2d(3, 2, 1);
        using var pool = new FractionalMaxPool(replaced, 0);
        var x = randn([1, 2, side, side + 3]);
        pool.call(x).shape.ShouldBe(replaced.call(x).shape);
    }

    [Fact]
    public void Training_draws_by_the_engines_generator_and_inference_does_not()
    {
        using var scope = NewDisposeScope();
        using var replaced = nn.MaxPool2d(3, 2, 1);
        using var pool = new FractionalMaxPool(replaced, 1.5);
        var x = randn([1, 2, 40, 40]);
        manual_seed(1);
        var first = pool.call(x);
        pool.call(x).allclose(first).ShouldBeFalse();
        manual_seed(1);
        pool.call(x).allclose(first, 0, 0).ShouldBeTrue();
        pool.eval();
        pool.call(x).allclose(pool.call(x), 0, 0).ShouldBeTrue();
    }

    [Fact]
    public void Its_gradient_goes_to_the_largest_alone()
    {
        using var scope = NewDisposeScope();
        using var replaced = nn.MaxPool2d(2, 2);
        using var pool = new FractionalMaxPool(replaced, 0);
        var x = arange(16, ScalarType.Float32).view(1, 1, 4, 4).requires_grad_();
        pool.call(x).sum().backward();
        x.grad!.data<float>().ToArray().ShouldBe([0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1]);
    }
}
