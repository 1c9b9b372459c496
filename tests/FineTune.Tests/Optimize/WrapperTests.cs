using FineTune.Models;
using FineTune.Optimize;

namespace FineTune.Tests.Optimize;

/// <summary>What wraps a rule, step by step against its formula, around gradient descent on a ravine: g = c w.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class WrapperTests : IDisposable
{
    private const double Lr = 0.1;
    private const int Steps = 7;
    private readonly Network _network = OneMatrix.Create();
    private readonly ParameterVector _vector;
    private double _poison; // added to the gradient that a second look finds

    public WrapperTests()
    {
        _vector = new ParameterVector(_network);
        for (var i = 0; i < OptimizerGolden.Count; i++)
            W[i] = MathF.Sin(i + 1);
    }

    private Span<float> W => ParameterVector.Floats(_vector.W)[..OptimizerGolden.Count];

    [Fact]
    public void Lookahead_goes_half_of_the_way_back_every_third_step()
    {
        var (fast, slow) = (Start(), Start());
        Walk(new NamedSpec("sgd").With("lookahead", 3).With("lookahead_alpha", 0.5), t =>
        {
            Descend(fast);
            if ((t + 1) % 3 != 0)
                return fast;
            for (var i = 0; i < slow.Length; i++)
                fast[i] = slow[i] += 0.5 * (fast[i] - slow[i]);
            return fast;
        });
    }

    [Fact]
    public void Sam_takes_the_gradient_where_the_loss_is_highest_nearby()
    {
        const double Rho = 0.3;
        var w = Start();
        Walk(new NamedSpec("sgd").With("sam", Rho), _ =>
        {
            var norm = Math.Sqrt(w.Select((x, i) => Math.Pow(Curvature(i) * x, 2)).Sum());
            for (var i = 0; i < w.Length; i++)
                w[i] -= Lr * Curvature(i) * (w[i] + (Rho * Curvature(i) * w[i] / norm));
            return w;
        });
    }

    [Fact]
    public void Polyak_averages_all_weights_from_a_step_on()
    {
        using var optimizer = Make(new NamedSpec("sgd").With("polyak", "3 steps"));
        var w = Start();
        var sum = new double[w.Length];
        for (var t = 0; t < Steps; t++)
        {
            Step(optimizer, Lr);
            Descend(w);
            if (t < 3)
            {
                optimizer.Averaged.ShouldBeNull();
                continue;
            }

            var average = ParameterVector.Floats(optimizer.Averaged!);
            for (var i = 0; i < w.Length; i++)
                (average[i] * (t - 2.0)).ShouldBe(sum[i] += w[i], 1e-5);
        }
    }

    [Theory]
    [InlineData("sgd", 0.3)]
    [InlineData("nesterov_lookahead", 0.0)]
    public void A_second_gradient_that_is_not_finite_is_reported_and_changes_nothing(string name, double sam)
    {
        using var optimizer = Make(new NamedSpec(name).With("sam", sam));
        Step(optimizer, Lr);
        var (w, state) = (W.ToArray(), State(optimizer));
        _poison = double.NaN;

        Should.Throw<GradientException>(() => Step(optimizer, Lr)).Message.ShouldContain("at step 2");

        W.ToArray().ShouldBe(w);
        State(optimizer).ShouldBe(state);
        optimizer.T.ShouldBe(1);
    }

    [Fact]
    public void Sam_at_a_learning_rate_of_0_leaves_every_bit()
    {
        using var optimizer = Make(new NamedSpec("sgd").With("sam", 0.3));
        var w = W.ToArray();
        Step(optimizer, 0);
        W.ToArray().ShouldBe(w);
    }

    [Theory]
    [InlineData("polyak", "200%", "leaves none of 100 after it")]
    [InlineData("lookahead", -2, "The optimizer's lookahead is -2")]
    [InlineData("lookahead_alpha", 7, "lookahead_alpha")]
    public void What_cannot_work_is_refused(string option, object value, string says) =>
        Should.Throw<FineTuneException>(() => Make(new NamedSpec("sgd").With(option, value)).Dispose()).Message.ShouldContain(says);

    public void Dispose()
    {
        _vector.Dispose();
        _network.Dispose();
    }

    private static double Curvature(int i) => 0.2 + (i % 5);

    private static void Descend(double[] w)
    {
        for (var i = 0; i < w.Length; i++)
            w[i] -= Lr * Curvature(i) * w[i];
    }

    private static float[] State(Optimizer optimizer) => [.. optimizer.State.SelectMany(s => ParameterVector.Floats(s.Vector).ToArray())];

    private double[] Start() => [.. W.ToArray().Select(x => (double)x)];

    private Optimizer Make(NamedSpec spec) => Optimizers.Create(spec, _vector, headStage: 0, Stepping.Horizon);

    private void Walk(NamedSpec spec, Func<int, double[]> expected)
    {
        using var optimizer = Make(spec);
        for (var t = 0; t < Steps; t++)
        {
            Step(optimizer, Lr);
            var w = expected(t);
            for (var i = 0; i < w.Length; i++)
                ((double)W[i]).ShouldBe(w[i], 2e-6, $"weight {i} after step {t + 1}");
        }
    }

    private void Step(Optimizer optimizer, double lr)
    {
        Fill(0);
        optimizer.Step(lr, () => Fill(_poison));
    }

    private double Fill(double poison)
    {
        var g = ParameterVector.Floats(_vector.G);
        for (var i = 0; i < OptimizerGolden.Count; i++)
            g[i] = (float)((Curvature(i) * W[i]) + poison);
        return 0;
    }
}
