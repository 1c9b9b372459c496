using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>Clips a gradient and adds noise to it, in that order.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="seed">The run's seed.</param>
public sealed class GradientShaping(GradientOptions options, long seed)
{
    private const double NoiseDecay = 0.55; // Neelakantan et al. 2015
    private const double SmallestWeightNorm = 1e-3; // Brock et al. 2021

    /// <summary>Shapes the gradient of a vector, in place.</summary>
    /// <param name="vector">Its G is changed.</param>
    /// <param name="step">Steps taken: decides the noise.</param>
    public void Apply(ParameterVector vector, long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (options.ClipValue > 0)
            vector.G.Clamp(-options.ClipValue, options.ClipValue);
        if (options.ClipAdaptive > 0)
            ClipAdaptive(vector);
        if (options.ClipNorm > 0)
        {
            var norm = vector.G.norm().cpu().item<float>();
            if (norm > options.ClipNorm)
                vector.G.Scale(options.ClipNorm / (norm + 1e-6)); // PyTorch's clip_grad_norm_
        }

        if (options.Noise > 0)
            AddNoise(vector, step);
    }

    /// <summary>
    /// A unit is a row of a matrix, a filter of a convolution, or a whole vector of biases or gains. The head is left alone, as in
    /// the paper, unless nothing else trains.
    /// </summary>
    private void ClipAdaptive(ParameterVector vector)
    {
        var head = vector.Segments[^1].Stage;
        var headOnly = vector.TrainableSegments.All(s => s.Stage == head);
        foreach (var s in vector.TrainableSegments.Where(s => headOnly || s.Stage != head))
        {
            var units = s.Shape.Length > 1 ? s.Shape[0] : 1;
            var g = vector.G.narrow(0, s.Offset - vector.Line, s.Length).view(units, -1);
            var w = vector.W.narrow(0, s.Offset, s.Length).view(units, -1);
            var largest = (w * w).sum(1, keepdim: true).sqrt().AtLeast(SmallestWeightNorm).Times(options.ClipAdaptive);
            var norm = (g * g).sum(1, keepdim: true).sqrt().AtLeast(1e-6);
            g.mul_((largest / norm).AtMost(1));
        }
    }

    private void AddNoise(ParameterVector vector, long step)
    {
        var sigma = Math.Sqrt(options.Noise / Math.Pow(1 + step, NoiseDecay));
        Seeding.Seed(new RandomKey(seed, 0, step, RandomUse.GradientNoise).ToSeed());
        foreach (var s in vector.TrainableSegments)
            vector.G.narrow(0, s.Offset - vector.Line, s.Length).Add(randn([s.Length], ScalarType.Float32, vector.G.device), sigma);
    }
}
