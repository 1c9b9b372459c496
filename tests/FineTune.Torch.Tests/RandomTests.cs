using TorchSharp.Tests.Parity;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>The engine's random numbers are PyTorch's, and their state can be kept and given back.</summary>
[Collection(Serial.Name)]
public sealed class RandomTests
{
    public static TheoryData<string> Names => [.. Golden.All.Values.Where(g => g.Seed is not null).Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_seed_gives_the_numbers_of_PyTorch(string name) => ParityTests.Check(Golden.All[name]);

    [Fact]
    public void A_state_given_back_repeats_the_numbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        rand([3]);
        var state = random.get_rng_state();
        var (uniform, normal, order) = (rand([7]), randn([7]), randperm(7));
        random.set_rng_state(state);
        rand([7]).allclose(uniform, 0, 0).ShouldBeTrue();
        randn([7]).allclose(normal, 0, 0).ShouldBeTrue();
        randperm(7).allclose(order, 0, 0).ShouldBeTrue();
        rand([7]).allclose(uniform, 0, 0).ShouldBeFalse();
    }

    [Fact]
    public void A_generator_of_ones_own_leaves_the_shared_one_alone()
    {
        using var scope = NewDisposeScope();
        using var own = new Generator(3);
        own.initial_seed().ShouldBe(3);
        manual_seed(9).initial_seed().ShouldBe(9);
        random.initial_seed().ShouldBe(9);
        var expected = rand([4]);

        manual_seed(9);
        var first = rand([4], generator: own);
        var more = zeros([4]).uniform_(0, 1, own);
        rand([4]).allclose(expected, 0, 0).ShouldBeTrue();
        first.allclose(expected, 0, 0).ShouldBeFalse();

        var state = own.get_state();
        var next = zeros([4]).normal_(0, 1, own);
        own.set_state(state);
        zeros([4]).normal_(0, 1, own).allclose(next, 0, 0).ShouldBeTrue();
        own.manual_seed(3);
        rand([4], generator: own).allclose(first, 0, 0).ShouldBeTrue();
        zeros([4]).uniform_(0, 1, own).allclose(more, 0, 0).ShouldBeTrue();
    }

    [Fact]
    public void A_disposed_generator_says_so_and_the_shared_one_is_not_disposed()
    {
        var own = new Generator(3);
        own.Dispose();
        own.Dispose();
        Should.Throw<ObjectDisposedException>(() => own.manual_seed(1));
        Should.Throw<ObjectDisposedException>(() => rand([2], generator: own));
        using (manual_seed(1))
        {
        }

        manual_seed(2).initial_seed().ShouldBe(2);
    }
}
