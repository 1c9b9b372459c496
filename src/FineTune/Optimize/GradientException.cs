namespace FineTune.Optimize;

/// <summary>A gradient whose norm is not finite; the step was not taken.</summary>
/// <param name="norm">The norm, in single precision.</param>
/// <param name="step">The step, from 1.</param>
public sealed class GradientException(double norm, long step)
    : FineTuneException(FormattableString.Invariant($"The gradient's norm is {norm} at step {step}; nothing was changed: ")
        + "lower the learning rate or clip the gradient by value.")
{
    /// <summary>The norm, in single precision.</summary>
    public double Norm => norm;
}
