namespace FineTune.Optimize.SecondOrder;

/// <summary>A method that learns curvature from the change of the gradient over its steps.</summary>
public abstract class QuasiNewtonMethod : SecondOrderMethod
{
    // A pair whose curvature is lost in rounding would spoil what is known.
    private const double SmallestCosine = 1e-10;
    private const string Key = "updates";

    /// <summary>Steps that it has learned from.</summary>
    private protected long Updates
    {
        get => (long)Numbers[Key];
        private set => Numbers[Key] = value;
    }

    private protected QuasiNewtonMethod() => Updates = 0;

    /// <summary>Before anything is known, PyTorch's first step: scale min(1, 1 / |g|_1) along -g.</summary>
    /// <inheritdoc/>
    public sealed override double Trial(double scale, LinePoint at) => Updates > 0 ? 1 : scale * Math.Min(1, 1 / at.Gradient.Sum(Math.Abs));

    /// <inheritdoc/>
    public sealed override void Update(ReadOnlySpan<double> step, ReadOnlySpan<double> change)
    {
        if (Doubles.Dot(step, change) <= SmallestCosine * Doubles.Norm(step) * Doubles.Norm(change))
            return;
        Learn(step, change);
        Updates++;
    }

    /// <inheritdoc/>
    public sealed override bool Reset()
    {
        var known = Updates > 0;
        Updates = 0;
        return known;
    }

    /// <summary>Learns from a step of positive curvature.</summary>
    private protected abstract void Learn(ReadOnlySpan<double> step, ReadOnlySpan<double> change);
}
