using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FineTune.Diagnose;

/// <summary>
/// Holds autograd's gradient against centred differences in double precision, as the lecture does (Stanford CS231n, "Gradient
/// checks"): relative error |a - n| / max(|a|, |n|).
/// </summary>
public static class GradientCheck
{
    // Rounding of the loss by a few units in its last place, over h, is no error of the gradient.
    private const double RoundingUnits = 32;
    private const double MachineEpsilon = 1.1102230246251565e-16; // 2^-53
    private const double WorthALook = 1e-7;
    private const double NotFine = 1e-4; // from here on an element is looked at with smaller steps

    /// <summary>Checks the gradient of a loss by some parameters.</summary>
    /// <param name="parameters">Leaves by name, float64 on the CPU, contiguous, that require a gradient; left as they were.</param>
    /// <param name="loss">Computes the loss, a float64 scalar, at the parameters of the moment; the same each time.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of the parameters done.</param>
    /// <exception cref="FineTuneException">A parameter or the loss is not float64, or the loss is not finite.</exception>
    public static IReadOnlyList<GradientFinding> Run(
        IReadOnlyList<(string Name, Tensor Parameter)> parameters,
        Func<Tensor> loss,
        GradientCheckOptions options,
        IProgress<int>? progress = null)
    {
        if (parameters.FirstOrDefault(p => p.Parameter.dtype != ScalarType.Float64) is { Name: { } name, Parameter: { } p1 })
            throw new FineTuneException($"Parameter '{name}' is {p1.dtype}; a gradient is checked in Float64.");
        var gradients = Gradients([.. parameters.Select(p => p.Parameter)], loss);
        var (value, findings) = (Value(loss), new List<GradientFinding>());
        foreach (var ((parameter, tensor), gradient) in parameters.Zip(gradients))
        {
            var random = new RandomKey(options.Seed, 0, findings.Count, RandomUse.Diagnose).Stream();
            var elements = Draw(gradient.Length, options.Elements, random);
            findings.Add(new GradientFinding(
                parameter, gradient.Length, [.. elements.Select(i => Check(tensor, i, gradient[i], value, loss, options.Step))]));
            progress?.Report(findings.Count);
        }

        return findings;
    }

    private static double[][] Gradients(Tensor[] parameters, Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        using var _ = enable_grad();
        return [.. Engine.Gradients.Of([loss()], parameters).Zip(parameters, Values)];

        static double[] Values(Tensor? gradient, Tensor parameter) => gradient is null
            ? new double[parameter.numel()]
            : MemoryMarshal.Cast<byte, double>(gradient.contiguous().bytes).ToArray();
    }

    private static GradientElement Check(Tensor parameter, int index, double analytic, double value, Func<Tensor> loss, double step)
    {
        var w = MemoryMarshal.Cast<byte, double>(parameter.bytes)[index];
        var h = step * Math.Max(1, Math.Abs(w));
        var (minus, plus) = (At(-h), At(h));
        var numeric = (plus - minus) / (2 * h);
        var noise = Noise(h);
        var difference = Math.Abs(analytic - numeric);
        var error = difference <= noise ? 0 : difference / Math.Max(Math.Abs(analytic), Math.Abs(numeric));
        return new GradientElement(
            index, analytic, numeric, error, (error > WorthALook && IsKink()) || (error >= NotFine && AgreesNearer()));

        // A kink within h moves the centred difference by half of what the two sides' slopes differ by: a larger error is not its
        // doing. A smooth function's sides differ by h f'', a tenth of that at h / 10; beside a kink it is anything else.
        bool IsKink()
        {
            var gap = Gap(plus, minus, h);
            if (!(difference <= gap) || gap <= 10 * noise)
                return false;
            var near = Gap(At(h / 10), At(-h / 10), h / 10);
            return near > 0.2 * gap + (20 * noise) || near < (0.05 * gap) - (20 * noise);
        }

        // A gradient that is wrong is wrong at every step; kinks on both sides of w, which the gap does not tell, are left behind
        // by a smaller one.
        bool AgreesNearer() => new[] { h / 10, h / 100 }.Any(by =>
        {
            var near = (At(by) - At(-by)) / (2 * by);
            return Math.Abs(analytic - near) <= Math.Max(NotFine * Math.Max(Math.Abs(analytic), Math.Abs(near)), Noise(by));
        });

        double Noise(double by) => RoundingUnits * MachineEpsilon * Math.Max(Math.Abs(plus), Math.Abs(minus)) / by;

        double Gap(double above, double below, double by) => Math.Abs(above - value - (value - below)) / by;

        double At(double move)
        {
            MemoryMarshal.Cast<byte, double>(parameter.bytes)[index] = w + move;
            try
            {
                return Value(loss);
            }
            finally
            {
                MemoryMarshal.Cast<byte, double>(parameter.bytes)[index] = w;
            }
        }
    }

    private static double Value(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scalar = loss();
        if (scalar.dtype != ScalarType.Float64)
            throw new FineTuneException($"The loss is {scalar.dtype}; a gradient is checked in Float64.");
        var value = scalar.item<double>();
        return double.IsFinite(value)
            ? value
            : throw new FineTuneException($"The loss is {value}; a gradient is checked where it is finite.");
    }

    /// <summary>Some of count indices, in order, each once.</summary>
    private static int[] Draw(int count, int wanted, RandomStream random)
    {
        var drawn = new SortedSet<int>(count <= wanted ? Enumerable.Range(0, count) : []);
        while (drawn.Count < Math.Min(count, wanted))
            drawn.Add(random.NextInt(count));
        return [.. drawn];
    }
}
