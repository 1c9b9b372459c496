using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;
using FineTune.Regularize;
using FineTune.Tests.Models;
using FineTune.Tests.Optimize;
using static TorchSharp.torch;

namespace FineTune.Tests.Regularize;

[Collection(Serial.Name)]
public sealed class WeightPenaltyTests
{
    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(0, 0.7)]
    [InlineData(0.3, 0.7)]
    public void Its_gradient_is_its_difference_quotient_and_biases_have_none(double l1, double l2)
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        vector.Unfreeze(1); // the features are frozen
        var penalty = new WeightPenalty(l1, l2);
        penalty.AddTo(vector).ShouldBe(Sum(vector, l1, l2), 1e-4);
        var gradient = ParameterVector.Floats(vector.G).ToArray();
        const float H = 1e-2f; // smaller than the smallest |w| below, so that no kink is crossed
        foreach (var s in vector.TrainableSegments)
        {
            for (var i = (int)s.Offset; i < s.Offset + s.Length; i++)
            {
                var w = ParameterVector.Floats(vector.W)[i];
                if (s.Decays && Math.Abs(w) < 2 * H)
                    continue;
                var expected = s.Decays ? (At(vector, penalty, i, w + H) - At(vector, penalty, i, w - H)) / (2 * H) : 0;
                ((double)gradient[i - vector.Line]).ShouldBe(expected, 1e-3, s.Name);
                At(vector, penalty, i, w);
            }
        }
    }

    [Fact]
    public void It_adds_to_a_gradient_and_nothing_where_it_is_off()
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        ParameterVector.Floats(vector.G).Fill(2);
        new WeightPenalty(0, 0).AddTo(vector).ShouldBe(0);
        ParameterVector.Floats(vector.G).ToArray().ShouldAllBe(g => g == 2);
        new WeightPenalty(0.5, 0).AddTo(vector);
        var matrix = vector.Segments.First(s => s.Decays);
        ParameterVector.Floats(vector.G).Slice((int)matrix.Offset, (int)matrix.Length).ToArray().ShouldAllBe(g => g == 1.5f || g == 2.5f);
    }

    [Fact]
    public void Its_hessian_is_l2_times_the_identity()
    {
        using var scope = NewDisposeScope();
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        vector.Unfreeze(2); // [3, 5] and [3]
        using var hessian = new HessianGraph(new WeightPenalty(0.1, 0.7).Of(vector.TrainableParameters)!, vector.TrainableParameters);
        var product = new double[18];
        hessian.Multiply(Enumerable.Repeat(2.0, 18).ToArray(), product);
        product.Take(15).ShouldAllBe(v => Math.Abs(v - 1.4) < 1e-6);
        product.Skip(15).ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void No_units_weights_are_longer_than_the_max_norm_after_a_step()
    {
        const float C = 0.4f;
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        using var optimizer = Optimizers.Create(new NamedSpec("sgd"), vector, 2, Stepping.Horizon, maxNorm: C);
        using var free = OwnModule.Create();
        using var unbound = new ParameterVector(free);
        using var plain = Optimizers.Create(new NamedSpec("sgd"), unbound, 2, Stepping.Horizon);
        ParameterVector.Floats(vector.W).CopyTo(ParameterVector.Floats(unbound.W));
        for (var k = 0; k < vector.G.numel(); k++)
            ParameterVector.Floats(vector.G)[k] = ParameterVector.Floats(unbound.G)[k] = (k % 5) - 2;
        optimizer.Step(0.05);
        plain.Step(0.05);
        var (shorter, longer) = (0, 0);
        var norms = new List<double>();
        foreach (var s in vector.Segments)
        {
            var units = s.Decays ? (int)s.Shape[0] : 1;
            var length = (int)s.Length / units;
            for (var u = 0; u < units; u++)
            {
                var at = (int)s.Offset + (u * length);
                var (bound, was) = (ParameterVector.Floats(vector.W).Slice(at, length).ToArray(), ParameterVector.Floats(unbound.W).Slice(at, length).ToArray());
                var norm = Math.Sqrt(was.Sum(x => x * x));
                norms.Add(norm);
                var scale = s.Decays ? Math.Min(1, C / norm) : 1;
                bound.Zip(was).ShouldAllBe(p => Math.Abs(p.First - (p.Second * scale)) < 1e-6);
                shorter += s.Decays && norm < C ? 1 : 0;
                longer += s.Decays && norm > C ? 1 : 0;
            }
        }

        longer.ShouldBeGreaterThan(0, string.Join(" ", norms));
        shorter.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_max_norm_is_refused_where_a_line_is_searched()
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        Should.Throw<FineTuneException>(() => Optimizers.Create(new NamedSpec("lbfgs"), vector, 2, Stepping.Horizon, maxNorm: 1)).Message.ShouldContain("regularize.max_norm");
    }

    private static double At(ParameterVector vector, WeightPenalty penalty, int i, float w)
    {
        ParameterVector.Floats(vector.W)[i] = w;
        return Sum(vector, penalty.L1, penalty.L2);
    }

    private static double Sum(ParameterVector vector, double l1, double l2) =>
        vector.TrainableSegments.Where(s => s.Decays).Sum(s => ParameterVector.Floats(vector.W).Slice((int)s.Offset, (int)s.Length).ToArray().Sum(w => (l1 * Math.Abs(w)) + (l2 / 2 * w * w)));
}
