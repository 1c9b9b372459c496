using FineTune.Optimize;
using FineTune.Optimize.Lanes;
using FineTune.Optimize.Rules;
using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Tests.Optimize;

/// <summary>Every rule against PyTorch in float64, or the textbook form where PyTorch has none, over a matrix of options.</summary>
[Collection(Serial.Name)]
public sealed class ParityTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, OptimizerGolden.All.Count)];

    [Fact]
    public void Every_optimizer_has_a_golden() =>
        OptimizerGolden.All.Select(g => g.Spec.Name).Distinct().ShouldBe(Optimizers.Table.Except(SecondOrderTable.Rows).Select(e => e.Name), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rules_in_double_follow_the_reference_for_100_steps(int k)
    {
        var golden = OptimizerGolden.All[k];
        double G(string option) => golden.Number(option);
        var decay = G("weight_decay");
        var marks = golden.Spec.Name switch
        {
            "sgd" when G("momentum") == 0 => InDouble(golden, (lr, _) => new Sgd(lr, decay)),
            "sgd" => InDouble(golden, (lr, t) => new SgdMomentum(lr, G("momentum"), t == 1 ? 0 : G("dampening"), golden.Flag("nesterov"), decay)),
            "momentum" => InDouble(golden, (lr, _) => new Momentum(lr, G("momentum"), decay)),
            "nesterov" => InDouble(golden, (lr, _) => new Nesterov(lr, G("momentum"), decay)),
            "adam" => InDouble(golden, (lr, t) => new Adam(lr, G("beta1"), G("beta2"), G("eps"), decay, t)),
            _ => InDouble(golden, (lr, t) => new AdamW(lr, G("beta1"), G("beta2"), G("eps"), decay, t)),
        };
        foreach (var (steps, expected) in golden.Marks)
            Error(marks[steps], expected).ShouldBeLessThan(1e-12, $"{golden.Spec} after {steps} steps");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recipes_optimizer_in_single_precision_follows_the_reference_for_10_steps(int k)
    {
        var golden = OptimizerGolden.All[k];
        using var network = OneMatrix.Create();
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(golden.Spec, vector, headStage: 0, Stepping.Horizon);
        var w = ParameterVector.Floats(vector.W);
        for (var i = 0; i < OptimizerGolden.Count; i++)
            w[i] = (float)OptimizerGolden.Start(i);
        OneMatrix.Walk(golden, optimizer, vector, 10);
        Error([.. w[..OptimizerGolden.Count].ToArray().Select(v => (double)v)], golden.Marks[10]).ShouldBeLessThan(2e-6, golden.Spec.ToString());
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
    }

    private static void Agree<R>(R rule)
        where R : struct, IRule
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        const int N = 101;
        float[][] values = [.. Enumerable.Range(0, 2 + R.Slots.Count).Select(k => Enumerable.Range(0, N).Select(i => (float)Math.Abs(Math.Sin(i + (k * 0.7)))).ToArray())];
        var tensors = values.Select(v => tensor(v)).ToArray();
        Sweep.Run(rule, values[0], values[1], Slot(0), Slot(1), Slot(2), Slot(3));
        TensorSweep.Run(rule, tensors[0], tensors[1], tensors[2..]);
        for (var k = 0; k < values.Length; k++)
            Error(Widened(tensors[k].data<float>().ToArray()), Widened(values[k])).ShouldBeLessThan(1e-6, $"{typeof(R).Name}, array {k}");

        Span<float> Slot(int n) => n < R.Slots.Count ? values[2 + n] : [];
    }

    private static Dictionary<int, double[]> InDouble<R>(OptimizerGolden golden, Func<double, long, R> rule)
        where R : struct, IRule
    {
        var w = new ScalarLane<double>[OptimizerGolden.Count];
        var slots = new ScalarLane<double>[OptimizerGolden.Count, 4];
        for (var i = 0; i < w.Length; i++)
            w[i] = new(OptimizerGolden.Start(i));
        var marks = new Dictionary<int, double[]>();
        for (var t = 0; t < golden.Marks.Keys.Max(); t++)
        {
            var r = rule(golden.Lr(t), t + 1);
            for (var i = 0; i < w.Length; i++)
                r.Step(ref w[i], new ScalarLane<double>(OptimizerGolden.Gradient(w[i].Value, i, t)), ref slots[i, 0], ref slots[i, 1], ref slots[i, 2], ref slots[i, 3]);
            if (golden.Marks.ContainsKey(t + 1))
                marks[t + 1] = [.. w.Select(v => v.Value)];
        }

        return marks;
    }

    /// <summary>The largest difference, in units of the largest value.</summary>
    private static double Error(double[] found, double[] expected) =>
        found.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);

    private static double[] Widened(float[] values) => [.. values.Select(v => (double)v)];
}
