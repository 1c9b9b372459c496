using FineTune.Optimize;
using FineTune.Optimize.Lanes;
using FineTune.Optimize.Rules;
using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize;

/// <summary>Every rule against PyTorch in float64, or the textbook form where PyTorch has none, over a matrix of options.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ParityTests
{
    private readonly HashSet<Type> _agreed = [];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, OptimizerGolden.All.Count)];

    [Fact]
    public void Every_optimizer_has_a_golden() =>
        OptimizerGolden.All.Select(g => g.Spec.Name).Distinct()
            .ShouldBe(Optimizers.Table.Except(SecondOrderTable.Rows).Select(e => e.Name), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rules_in_double_follow_the_reference_for_100_steps(int k)
    {
        var golden = OptimizerGolden.All[k];
        var step = InDouble(golden);
        double[] w = [.. Enumerable.Range(0, golden.Rows * golden.Columns).Select(OptimizerGolden.Start)];
        for (var t = 0; t < golden.Marks.Keys.Max(); t++)
        {
            step(w, t);
            if (golden.Marks.TryGetValue(t + 1, out var expected))
                Error(OptimizerGolden.Kept(w), expected).ShouldBeLessThan(1e-12, $"{golden.Spec} after {t + 1} steps");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recipes_optimizer_in_single_precision_follows_the_reference_for_10_steps(int k)
    {
        var golden = OptimizerGolden.All[k];
        using var network = OneMatrix.Create(golden.Rows, golden.Columns);
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(golden.Spec, vector, headStage: 0, Stepping.Horizon);
        var w = ParameterVector.Floats(vector.W);
        var count = golden.Rows * golden.Columns;
        for (var i = 0; i < count; i++)
            w[i] = (float)OptimizerGolden.Start(i);
        OneMatrix.Walk(golden, optimizer, vector, 10);
        Error(OptimizerGolden.Kept(Widened(w[..count].ToArray())), golden.Marks[10]).ShouldBeLessThan(2e-6, golden.Spec.ToString());
    }

    [Fact]
    public void The_fused_pass_and_tensor_expressions_agree()
    {
        Agree(new Sgd(0.1, 0.01));
        Agree(new SgdMomentum(0.1, 0.9, 0.3, true, 0.01));
        Agree(new Momentum(0.1, 0.9, 0.01));
        Agree(new Nesterov(0.1, 0.9, 0.01));
        Agree(new Adam(0.01, 0.9, 0.999, 1e-8, 0.01, 3));
        Agree(new AdamW(0.01, 0.9, 0.999, 1e-8, 0.01, 3));
        Agree(new AveragedMomentum(0.1, 0.9, 0.01));
        Agree(new LookAhead(0.9));
        Agree(new NesterovLookAhead(0.1, 0.9, 0.01));
        Agree(new AdaGrad(0.1, 0.1, 0.5, 1e-10, 0.01, 3));
        Agree(new RmsProp(0.01, 0.9, 1e-8, 0.01));
        Agree(new RmsPropMomentum(0.01, 0.9, 1e-8, 0.9, 0.01));
        Agree(new RmsPropCentered(0.01, 0.9, 1e-1, 0.9, 0.01));
        Agree(new AmsGrad(0.01, 0.9, 0.999, 1e-8, 0.01, 3));
        Agree(new AdaDelta(1, 0.9, 1e-6, 0.01));
        Agree(new AdaMax(0.01, 0.9, 0.999, 1e-8, 0.01, 3));
        Agree(new NAdam(0.01, 0.9, 0.999, 1e-8, 0.004, 0.01, 3));
        Agree(new RAdam(0.01, 0.9, 0.999, 1e-8, 0.01, 3));
        Agree(new RAdam(0.01, 0.9, 0.999, 1e-8, 0.01, 30));
        Agree(new AdaBelief(0.01, 0.9, 0.999, 1e-8, 0.01, 3));
        Agree(new Adan(0.01, 0.98, 0.92, 0.99, 1e-8, 0.01, 3));
        Agree(new SignDescent(0.1, 0.01));
        Agree(new Signum(0.1, 0.9, 0.01));
        Agree(new SoftsignMomentum(0.1, 0.9, 0.1, 0.01));
        Agree(new Lion(0.1, 0.9, 0.99, 0.01));
        Agree(new Decoupled<Momentum>(0.01, new Momentum(0.1, 0.9, 0)));
        Agree(new Direction<Lamb>(new Lamb(0.01, 0.9, 0.999, 1e-6, 0.01, 3)));
        Agree(new Trusted<Lamb>(new Lamb(0.01, 0.9, 0.999, 1e-6, 0.01, 3), 0.3));
        Agree(new Trusted<Lars>(new Lars(1, 0.9, 0.02, 0.01), 0.3));
        var rules = typeof(Sgd).Assembly.GetTypes()
            .Where(r => r is { IsValueType: true, IsGenericType: false } && r.IsAssignableTo(typeof(IRule)));
        rules.Except(_agreed).ShouldBeEmpty("a rule is missing in the list above");
    }

    private void Agree<R>(R rule)
        where R : struct, IRule
    {
        _agreed.UnionWith([typeof(R), .. typeof(R).GenericTypeArguments]);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        const int N = 101;
        float[][] values = [.. Enumerable.Range(0, 2 + R.Count).Select(k => Enumerable.Range(0, N).Select(i => Value(i, k)).ToArray())];
        var tensors = values.Select(v => tensor(v)).ToArray();
        Sweep.Run(rule, values[0], values[1], Slot(0), Slot(1), Slot(2), Slot(3));
        TensorSweep.Run(rule, tensors[0], tensors[1], tensors[2..]);
        for (var k = 0; k < values.Length; k++)
            Error(Widened(tensors[k].data<float>().ToArray()), Widened(values[k])).ShouldBeLessThan(1e-6, $"{typeof(R).Name}, array {k}");
        R.Slots.Count.ShouldBe(R.Count, typeof(R).Name);

        Span<float> Slot(int n) => n < R.Count ? values[2 + n] : [];

        // Of both signs where a rule takes both: weights, gradients and no slots, for some slots are under a root.
        static float Value(int i, int k) => (float)(k < 2 ? Math.Sin(i + (k * 0.7)) : 0.1 + Math.Abs(Math.Sin(i + (k * 0.7))));
    }

    /// <summary>A step of the row's own text over doubles.</summary>
    private static Action<double[], int> InDouble(OptimizerGolden golden)
    {
        var count = golden.Rows * golden.Columns;
        switch (golden.Spec.Name)
        {
            case "nesterov_lookahead":
                var memory = new Memory<NesterovLookAhead>(count);
                return (w, t) =>
                {
                    memory.Step(new LookAhead(golden.Number("momentum")), w, new double[count]);
                    memory.Step(
                        new NesterovLookAhead(golden.Lr(t), golden.Number("momentum"), golden.Number("weight_decay")),
                        w,
                        OptimizerGolden.Gradient(w, t));
                };
            case "muon":
                var m = zeros([golden.Rows, golden.Columns], ScalarType.Float64);
                return (w, t) =>
                {
                    using var scope = NewDisposeScope();
                    var matrix = tensor(w).view(golden.Rows, golden.Columns);
                    var g = tensor(OptimizerGolden.Gradient(w, t)).view(golden.Rows, golden.Columns);
                    new Muon(golden.Lr(t), golden.Number("momentum"), golden.Number("weight_decay")).Step(matrix, g, m);
                    matrix.data<double>().ToArray().CopyTo(w, 0);
                };
            default:
                var stepper = Optimizers.Stepper(golden.Spec, count);
                return (w, t) => stepper.Step(w, OptimizerGolden.Gradient(w, t), golden.Lr(t));
        }
    }

    /// <summary>The largest difference, in units of the largest value.</summary>
    private static double Error(double[] found, double[] expected) =>
        found.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);

    private static double[] Widened(float[] values) => [.. values.Select(v => (double)v)];

    /// <summary>What a rule remembers of doubles, shared with rules of the same slots.</summary>
    private sealed class Memory<R>(int count)
        where R : struct, IRule
    {
        private readonly ScalarLane<double>[,] _slots = new ScalarLane<double>[count, 4];

        public void Step<S>(S rule, double[] w, double[] g)
            where S : struct, IRule
        {
            S.Slots.ShouldBe(R.Slots);
            for (var i = 0; i < count; i++)
            {
                var lane = new ScalarLane<double>(w[i]);
                rule.Step(ref lane, new ScalarLane<double>(g[i]), ref _slots[i, 0], ref _slots[i, 1], ref _slots[i, 2], ref _slots[i, 3]);
                w[i] = lane.Value;
            }
        }
    }
}
