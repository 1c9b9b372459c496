using FineTune.Evaluate;
using FineTune.Models;
using TorchSharp.Modules;

namespace FineTune.Tests.Evaluate;

public sealed class MonteCarloTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(100_000, true)]
    [InlineData(100_001, false)]
    public void Passes_are_within_bounds(int passes, bool allowed)
    {
        using var network = WithDropout();
        var prepare = () => new MonteCarlo(passes, 0).Prepare(network);
        if (allowed)
            prepare();
        else
            Should.Throw<FineTuneException>(prepare).Message.ShouldBe($"--mc is {passes}; 1 to 100000 passes are allowed.");
    }

    [Fact]
    public void Dropout_draws_and_batch_norm_does_not_follow()
    {
        using var network = WithDropout();
        new MonteCarlo(3, 0).Prepare(network);
        network.modules().OfType<Dropout>().ShouldAllBe(d => d.training);
        network.modules().OfType<BatchNorm2d>().ShouldAllBe(n => !n.training);
    }

    private static Network WithDropout()
    {
        var network = Zoo.Create("cifar_resnet20", 3);
        network.HeadDropout = 0.5;
        network.eval();
        return network;
    }
}
