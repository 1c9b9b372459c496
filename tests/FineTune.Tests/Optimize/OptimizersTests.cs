using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;

namespace FineTune.Tests.Optimize;

/// <summary>What holds for every row of the table, so that a bad row cannot land.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class OptimizersTests
{
    public static TheoryData<string> Names => [.. Optimizers.Table.Select(e => e.Name)];

    // A line search takes no step along a gradient that its loss does not have: those rows have tests of their own.
    public static TheoryData<string> FirstOrder => [.. Optimizers.Table.Except(SecondOrderTable.Rows).Select(e => e.Name)];

    [Fact]
    public void Gradient_descent_without_a_rate_takes_the_step_that_its_momentum_would_add_up_to()
    {
        Optimizers.Lr(new NamedSpec("sgd")).ShouldBe(0.1);
        Optimizers.Lr(new NamedSpec("sgd").With("momentum", 0.9)).ShouldBe(0.01, 1e-12);
        Optimizers.Lr(new NamedSpec("sgd").With("lr", 0.3)).ShouldBe(0.3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_learning_rate_of_zero_moves_nothing(string name)
    {
        using var bench = new Bench(name, 0);
        var before = bench.W;
        bench.Steps(3, lr: 0);
        bench.W.ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(FirstOrder))]
    public void What_is_below_the_line_never_moves_and_what_is_above_does(string name)
    {
        using var bench = new Bench(name, unfrozenFrom: 1);
        var before = bench.W;
        bench.Steps(3, lr: 0.1);
        var line = (int)bench.Vector.Line;
        line.ShouldBe(64); // [7, 5] padded to 48, [7] to 16
        bench.W[..line].ShouldBe(before[..line]);
        foreach (var s in bench.Vector.TrainableSegments)
            Enumerable.Range((int)s.Offset, (int)s.Length).ShouldAllBe(i => bench.W[i] != before[i], s.Name);
    }

    [Theory]
    [MemberData(nameof(FirstOrder))]
    public void Its_state_starts_at_zero_and_padding_stays_zero(string name)
    {
        using var bench = new Bench(name, 0);
        bench.Optimizer.State.Select(s => s.Name).ShouldBeUnique();
        foreach (var (_, state) in bench.Optimizer.State)
            ParameterVector.Floats(state).ToArray().ShouldAllBe(v => v == 0);
        bench.Steps(3, lr: 0.1);
        var padding = Enumerable.Range(0, bench.W.Length)
            .Except(bench.Vector.Segments.SelectMany(s => Enumerable.Range((int)s.Offset, (int)s.Length))).ToArray();
        padding.Length.ShouldBe(112 - 35 - 7 - 21 - 3);
        padding.ShouldAllBe(i => bench.W[i] == 0);
    }

    [Theory]
    [MemberData(nameof(FirstOrder))]
    public void Only_the_first_length_and_no_neighbour_is_touched_whatever_the_length(string name)
    {
        using var network = OneMatrix.Create(); // 37: two registers and a rest of five
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(new NamedSpec(name), vector, 0, Stepping.Horizon);
        ParameterVector.Floats(vector.G)[..OptimizerGolden.Count].Fill(1);
        var before = ParameterVector.Floats(vector.W).ToArray();
        optimizer.Step(0.1);
        var moved = ParameterVector.Floats(vector.W).ToArray().Zip(before, (a, b) => a - b).ToArray();
        moved[..OptimizerGolden.Count].ShouldAllBe(d => d < 0);
        moved.Take(OptimizerGolden.Count).Max().ShouldBe(moved.Take(OptimizerGolden.Count).Min(), 1e-6);
        moved[OptimizerGolden.Count..].ShouldAllBe(d => d == 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_unknown_option_is_answered_with_the_nearest(string name) =>
        Should.Throw<FineTuneException>(() => new Bench(new NamedSpec(name).With("weight_decy", 0.1), 0))
            .Message.ShouldContain("did you mean 'weight_decay'");

    [Theory]
    [InlineData("sgd", "lr", -0.1)]
    [InlineData("sgd", "momentum", 1.1)]
    [InlineData("sgd", "weight_decay", -1e-4)]
    [InlineData("adam", "beta1", 1.0)] // 1 - beta1^t would be 0
    [InlineData("adamw", "beta2", 1.0)]
    [InlineData("adam", "eps", 0.0)] // padding would become 0 / 0
    [InlineData("adam", "eps", double.NaN)]
    public void A_value_out_of_range_is_refused_by_name(string name, string option, double value)
    {
        var message = Should.Throw<FineTuneException>(() =>
        {
            var spec = new NamedSpec(name).With(option, value);
            _ = Optimizers.Lr(spec);
            new Bench(spec, 0).Dispose();
        }).Message;
        message.ShouldContain(option);
        message.ShouldContain("is allowed");
    }

    [Fact]
    public void An_unknown_optimizer_is_answered_with_the_nearest() =>
        Should.Throw<FineTuneException>(() => Optimizers.Find("adamv")).Message.ShouldContain("did you mean 'adamw'");

    [Fact]
    public void Groups_are_the_head_and_the_body_with_biases_and_norms_apart()
    {
        using var bench = new Bench(new NamedSpec("sgd").With("weight_decay", 0.1).With("below_head", 0.5), 0);
        bench.Optimizer.Groups.Select(g => (g.Name, g.LrScale, g.WeightDecay)).ShouldBe(
            [("body", 0.5, 0.1), ("body, biases and norms", 0.5, 0), ("head", 1, 0.1), ("head, biases and norms", 1, 0)]);
        using var all = new Bench(new NamedSpec("sgd").With("weight_decay", 0.1).With("decay_all", true), 1);
        all.Optimizer.Groups.Select(g => (g.Name, g.LrScale, g.WeightDecay)).ShouldBe([("head", 1, 0.1)]);
    }

    [Fact]
    public void A_group_multiplies_the_learning_rate()
    {
        using var bench = new Bench(new NamedSpec("sgd").With("below_head", 0.25), 0);
        var before = bench.W;
        ParameterVector.Floats(bench.Vector.G).Fill(1);
        bench.Optimizer.Step(0.5);
        ((double)(before[0] - bench.W[0])).ShouldBe(0.125, 1e-6);
        ((double)(before[64] - bench.W[64])).ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public void A_parameter_in_no_group_is_named()
    {
        using var network = OneMatrix.CreateTwo();
        using var vector = new ParameterVector(network);
        var half = new GroupOptions { DecayAll = true }.Divide(vector, 1).Take(1).ToArray();
        Should.Throw<FineTuneException>(() => Optimizers.Find("sgd")
            .Create(vector, half, new OptionReader("sgd", Optimizers.Find("sgd").Options, new Dictionary<string, object?>())))
            .Message.ShouldContain("no group has: 1.weight, 1.bias");
    }

    /// <summary>Two layers, an optimizer, and a gradient that is nowhere zero.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly FineTune.Models.Network _network = OneMatrix.CreateTwo();

        public Bench(string optimizer, int unfrozenFrom)
            : this(new NamedSpec(optimizer).With("weight_decay", 0.1), unfrozenFrom)
        {
        }

        public Bench(NamedSpec spec, int unfrozenFrom)
        {
            Vector = new ParameterVector(_network);
            Vector.Unfreeze(unfrozenFrom);
            Optimizer = Optimizers.Create(spec, Vector, headStage: 1, Stepping.Horizon);
        }

        public ParameterVector Vector { get; }

        public Optimizer Optimizer { get; }

        public float[] W => ParameterVector.Floats(Vector.W).ToArray();

        public void Steps(int count, double lr)
        {
            for (var t = 0; t < count; t++)
            {
                foreach (var s in Vector.TrainableSegments)
                    ParameterVector.Floats(Vector.G).Slice((int)(s.Offset - Vector.Line), (int)s.Length).Fill(1 + (0.1f * t));
                Optimizer.Step(lr);
            }
        }

        public void Dispose()
        {
            Optimizer.Dispose();
            Vector.Dispose();
            _network.Dispose();
        }
    }
}
