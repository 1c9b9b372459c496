using FineTune.Models;
using FineTune.Optimize;

namespace FineTune.Tests.Optimize;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class GradientShapingTests : IDisposable
{
    private readonly Network _network = OneMatrix.CreateTwo(); // [7, 5], [7]; head [3, 7], [3]
    private readonly ParameterVector _vector;

    public GradientShapingTests()
    {
        _vector = new ParameterVector(_network);
        foreach (var s in _vector.Segments)
        {
            for (var i = 0; i < s.Length; i++)
            {
                ParameterVector.Floats(_vector.W)[(int)s.Offset + i] = MathF.Sin(s.Offset + i + 1);
                ParameterVector.Floats(_vector.G)[(int)s.Offset + i] = 10 * MathF.Cos(s.Offset + i);
            }
        }
    }

    [Fact]
    public void Clipping_by_value_cuts_each_element()
    {
        var before = G();
        Shape(new GradientOptions { ClipValue = 3 });
        G().ShouldBe([.. before.Select(g => Math.Clamp(g, -3, 3))]);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(1e6, false)]
    public void Clipping_by_norm_scales_the_whole_gradient_as_PyTorch_does(double most, bool scales)
    {
        var before = G();
        var norm = Norm(before);
        Shape(new GradientOptions { ClipNorm = most });
        var factor = scales ? most / (norm + 1e-6) : 1;
        foreach (var (now, then) in G().Zip(before))
            ((double)now).ShouldBe(factor * then, 1e-5);
    }

    [Fact]
    public void Adaptive_clipping_holds_each_unit_to_its_weights_and_leaves_the_head_alone()
    {
        const double Clip = 0.01;
        var before = G();
        Shape(new GradientOptions { ClipAdaptive = Clip });
        foreach (var s in _vector.Segments)
        {
            var unit = s.Shape.Length > 1 ? (int)s.Shape[1] : (int)s.Length; // a filter, or the vector of all biases
            for (var at = (int)s.Offset; at < s.Offset + s.Length; at += unit)
            {
                var then = before.AsSpan(at, unit).ToArray();
                var largest = Clip * Math.Max(1e-3, Norm(ParameterVector.Floats(_vector.W).Slice(at, unit).ToArray()));
                var factor = s.Stage == 1 ? 1 : Math.Min(1, largest / Norm(then));
                for (var i = 0; i < unit; i++)
                    ((double)G()[at + i]).ShouldBe(factor * then[i], 1e-5, $"{s.Name} [{at + i}]");
            }
        }
    }

    [Fact]
    public void Where_the_head_alone_trains_adaptive_clipping_holds_it()
    {
        _vector.Unfreeze(1);
        var g = ParameterVector.Floats(_vector.G);
        g[..21].Fill(100);
        Shape(new GradientOptions { ClipAdaptive = 0.01 });
        ParameterVector.Floats(_vector.G)[0].ShouldBeLessThan(1);
    }

    [Fact]
    public void Noise_is_a_function_of_the_step_and_its_variance_falls()
    {
        using var network = OneMatrix.Create(200, 200);
        using var vector = new ParameterVector(network);
        float[] Noise(long step)
        {
            vector.ZeroGradient();
            new GradientShaping(new GradientOptions { Noise = 0.3 }, seed: 5).Apply(vector, step);
            return ParameterVector.Floats(vector.G)[..40_000].ToArray();
        }

        var (first, late) = (Noise(0), Noise(99));
        Variance(first).ShouldBe(0.3, 0.01);
        Variance(late).ShouldBe(0.3 / Math.Pow(100, 0.55), 0.001);
        Noise(0).ShouldBe(first); // as after a resume
        first.ShouldNotBe(late);
    }

    public void Dispose()
    {
        _vector.Dispose();
        _network.Dispose();
    }

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));

    private static double Variance(float[] values) => values.Average(v => (double)v * v);

    private float[] G() => ParameterVector.Floats(_vector.G).ToArray();

    private void Shape(GradientOptions options) => new GradientShaping(options, seed: 1).Apply(_vector, 0);
}
