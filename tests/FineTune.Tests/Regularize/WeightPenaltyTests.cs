using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;
using FineTune.Regularize;
using FineTune.Tests.Models;
using FineTune.Tests.Optimize;
using static TorchSharp.torch;

namespace FineTune.Tests.Regularize;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
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
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        using var plain = Optimizers.Create(new NamedSpec("sgd"), vector, 2, Stepping.Horizon);
        var start = ParameterVector.Floats(vector.W).ToArray();
        for (var k = 0; k < vector.G.numel(); k++)
            ParameterVector.Floats(vector.G)[k] = (k % 5) - 2;
        plain.Step(0.05);
        var free = Units(vector);
        double[] norms = [.. free.Where(u => u.Decays).Select(u => Norm(u.W)).Order()];
        var c = (norms[4] + norms[5]) / 2; // five units are shorter, the others longer

        start.CopyTo(ParameterVector.Floats(vector.W));
        using var optimizer = Optimizers.Create(new NamedSpec("sgd"), vector, 2, Stepping.Horizon, maxNorm: c);
        optimizer.Step(0.05);
        foreach (var ((w, decays), (was, _)) in Units(vector).Zip(free))
        {
            var scale = decays ? Math.Min(1, c / Norm(was)) : 1;
            w.Zip(was).ShouldAllBe(p => Math.Abs(p.First - (p.Second * scale)) < 1e-6);
        }

        norms.Length.ShouldBe(4 + 5 + 3);
    }

    [Fact]
    public void A_max_norm_is_refused_where_a_line_is_searched()
    {
        using var network = OwnModule.Create();
        using var vector = new ParameterVector(network);
        Should.Throw<FineTuneException>(() => Optimizers.Create(new NamedSpec("lbfgs"), vector, 2, Stepping.Horizon, maxNorm: 1))
            .Message.ShouldContain("regularize.max_norm");
    }

    /// <summary>The weights into each unit: rows and filters, and each bias or gain as one.</summary>
    private static (float[] W, bool Decays)[] Units(ParameterVector vector) =>
    [
        .. vector.Segments.SelectMany(s => ParameterVector.Floats(vector.W).Slice((int)s.Offset, (int)s.Length).ToArray()
            .Chunk(s.Decays ? (int)(s.Length / s.Shape[0]) : (int)s.Length).Select(w => (w, s.Decays))),
    ];

    private static double Norm(float[] w) => Math.Sqrt(w.Sum(x => (double)x * x));

    private static double At(ParameterVector vector, WeightPenalty penalty, int i, float w)
    {
        ParameterVector.Floats(vector.W)[i] = w;
        return Sum(vector, penalty.L1, penalty.L2);
    }

    private static double Sum(ParameterVector vector, double l1, double l2) =>
        vector.TrainableSegments.Where(s => s.Decays).Sum(s => ParameterVector.Floats(vector.W).Slice((int)s.Offset, (int)s.Length)
            .ToArray().Sum(w => (l1 * Math.Abs(w)) + (l2 / 2 * w * w)));
}
