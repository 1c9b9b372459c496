using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Optimize.Wrappers;
using FineTune.Tests.Models;
using FineTune.Tests.Optimize;

namespace FineTune.Tests.Regularize;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ExponentialAverageTests
{
    [Theory]
    [InlineData(1000, 0.99)]
    [InlineData(200, 0.95)]
    [InlineData(10, 0)]
    [InlineData(3, 0)]
    public void The_automatic_decay_remembers_a_tenth_of_the_run(long steps, double decay) => ExponentialAverage.Auto(steps)
        .ShouldBe(decay, 1e-12);

    [Theory]
    [InlineData("auto", 0.9)] // of 100 steps
    [InlineData("0.5", 0.5)]
    [InlineData("0", 0)]
    public void It_averages_by_its_formula_from_the_initial_weights_on(string value, double decay)
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(new NamedSpec("sgd").With("ema", value), vector, 2, Stepping.Horizon);
        optimizer.Averaged.ShouldBeNull();
        var expected = ParameterVector.Floats(vector.W).ToArray();
        ParameterVector.Floats(vector.G).Fill(1);
        for (var step = 0; step < 4; step++)
        {
            optimizer.Step(0.1);
            var w = ParameterVector.Floats(vector.W).ToArray();
            expected = [.. expected.Zip(w, (a, b) => (float)((decay * a) + ((1 - decay) * b)))];
        }

        ParameterVector.Floats(optimizer.Averaged!).ToArray().Zip(expected).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-5);
        optimizer.State.ShouldContain(s => s.Name == "ema");
    }

    [Theory]
    [InlineData("0.999", "remembers 1000 steps, but the run has 100")]
    [InlineData("1", "from 0 to below 1")]
    [InlineData("automatic", "a number is allowed")]
    public void A_decay_that_cannot_work_is_refused(string decay, string expected) => Refused(new NamedSpec("sgd").With("ema", decay))
        .ShouldContain(expected);

    [Fact]
    public void Two_averages_are_refused() => Refused(new NamedSpec("sgd").With("ema", "auto").With("polyak", "1 epoch"))
        .ShouldContain("give one of them");

    private static string Refused(NamedSpec spec)
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        return Should.Throw<FineTuneException>(() => Optimizers.Create(spec, vector, 2, new Horizon(100, 10, 8))).Message;
    }
}
