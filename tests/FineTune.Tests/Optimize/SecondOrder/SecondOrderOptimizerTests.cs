using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize.SecondOrder;

public sealed class SecondOrderOptimizerTests
{
    public static TheoryData<string> Names => [.. SecondOrderTable.Rows.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_head_is_solved_to_the_precision_of_float32(string name)
    {
        using var problem = new Problem(new NamedSpec(name).With("weight_decay", 0.01));

        for (var k = 0; k < 60; k++)
            problem.Step();

        problem.PenalisedGradient(0.01).ShouldBeLessThan(2e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_a_graph_curvature_is_taken_from_differences(string name)
    {
        using var problem = new Problem(new NamedSpec(name).With("weight_decay", 0.01)) { WithGraph = false };
        var before = problem.Evaluate();

        for (var k = 0; k < 20; k++)
            problem.Step();

        problem.Evaluate().ShouldBeLessThan(before / 2);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_taken_up_from_its_saved_state_goes_on_with_the_same_bits(string name)
    {
        using var whole = new Problem(new NamedSpec(name));
        using var resumed = new Problem(new NamedSpec(name));
        for (var k = 0; k < 4; k++)
            whole.Step();

        resumed.TakeUp(whole);
        for (var k = 0; k < 3; k++)
        {
            whole.Step();
            resumed.Step();
        }

        resumed.Weights().ShouldBe(whole.Weights());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_learning_rate_of_0_moves_nothing_and_the_frozen_part_never_moves(string name)
    {
        using var problem = new Problem(new NamedSpec(name));
        var before = problem.Weights();

        problem.Step(lr: 0);
        problem.Weights().ShouldBe(before);
        problem.Step();

        problem.Weights().ShouldNotBe(before);
        problem.Weights()[..(int)problem.Vector.Line].ShouldBe(before[..(int)problem.Vector.Line]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_that_is_not_finite_is_reported_and_changes_nothing(string name)
    {
        using var problem = new Problem(new NamedSpec(name)) { Poison = true };
        var before = problem.Weights();

        Should.Throw<FineTuneException>(() => problem.Step()).Message.ShouldContain("The gradient's norm is NaN");

        problem.Weights().ShouldBe(before);
    }

    [Theory]
    [InlineData("bfgs")]
    [InlineData("newton")]
    public void More_parameters_than_a_matrix_can_take_are_refused_in_a_sentence(string name)
    {
        Should.Throw<FineTuneException>(() => new Problem(new NamedSpec(name), stage: 0)).Message.ShouldContain("train the head alone");
    }

    [Fact]
    public void What_a_line_search_cannot_serve_is_refused()
    {
        Should.Throw<FineTuneException>(() => new Problem(new NamedSpec("lbfgs").With("below_head", 0.1), stage: 0))
            .Message.ShouldContain("below_head");
        Should.Throw<FineTuneException>(() => new Problem(new NamedSpec("lbfgs").With("sam", 0.05))).Message.ShouldContain("sam");
    }

    /// <summary>A network of two layers that learns 24 noisy samples of 3 classes, all at once.</summary>
    private sealed class Problem : IDisposable
    {
        private readonly Network _network;
        private readonly Optimizer _optimizer;
        private readonly Tensor _images;
        private readonly Tensor _labels;

        public Problem(NamedSpec spec, int? stage = null)
        {
            manual_seed(7);
            _network = OneMatrix.CreateTwo(64, 64);
            _images = randn([24, 64]);
            Vector = new ParameterVector(_network);
            Vector.Unfreeze(stage ?? _network.Stages.Count - 1);
            _optimizer = Optimizers.Create(spec, Vector, _network.Stages.Count - 1, new Horizon(100, 10, 24));
            _labels = tensor(Enumerable.Range(0, 24).Select(i => (long)(i % 3)).ToArray());
        }

        public ParameterVector Vector { get; }

        public bool WithGraph { get; init; } = true;

        public bool Poison { get; init; }

        public void Step(double lr = 1)
        {
            Evaluate();
            _optimizer.Hessian = WithGraph ? () => new HessianGraph(Loss(), Vector.TrainableParameters) : null;
            _optimizer.Step(lr, Evaluate);
        }

        public double Evaluate()
        {
            using var scope = NewDisposeScope();
            Vector.ZeroGradient();
            var loss = Loss();
            loss.backward();
            if (Poison)
                ParameterVector.Floats(Vector.G)[0] = float.NaN;
            return loss.item<float>();
        }

        /// <summary>The norm of the gradient with the penalty's, which the bias has none of.</summary>
        public double PenalisedGradient(double decay)
        {
            Evaluate();
            var w = ParameterVector.Floats(Vector.W);
            var g = ParameterVector.Floats(Vector.G);
            var sum = 0.0;
            foreach (var s in Vector.TrainableSegments)
            {
                for (var i = 0; i < s.Length; i++)
                {
                    var value = g[(int)(s.Offset - Vector.Line) + i] + ((s.Decays ? decay : 0) * w[(int)s.Offset + i]);
                    sum += value * value;
                }
            }

            return Math.Sqrt(sum);
        }

        public float[] Weights() => ParameterVector.Floats(Vector.W).ToArray();

        public void TakeUp(Problem other)
        {
            using var _ = no_grad();
            Vector.W.copy_(other.Vector.W);
            foreach (var ((_, mine), (_, theirs)) in _optimizer.State.Zip(other._optimizer.State))
                mine.copy_(theirs);
            foreach (var (name, value) in other._optimizer.Numbers)
                _optimizer.Numbers[name] = value;
            _optimizer.T = other._optimizer.T;
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            Vector.Dispose();
            _network.Dispose();
            _images.Dispose();
            _labels.Dispose();
        }

        private Tensor Loss() => nn.functional.cross_entropy(_network.forward(_images), _labels);
    }
}
