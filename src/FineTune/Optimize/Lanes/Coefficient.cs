using System.Runtime.CompilerServices;

namespace FineTune.Optimize.Lanes;

/// <summary>
/// A number of a rule that is the same for all weights, in the forms that lanes compute with, each made once: a conversion or a
/// division inside a pass over memory would cost more than the memory. What is made of such numbers alone is a field of the rule.
/// </summary>
public readonly struct Coefficient
{
    private Coefficient(double value, float single, float rest, float reciprocal) =>
        (Value, Single, Rest, Reciprocal) = (value, single, rest, reciprocal);

    /// <summary>The number.</summary>
    public double Value { get; }

    /// <summary>The number in single precision.</summary>
    internal float Single { get; }

    /// <summary>One minus the number, in single precision.</summary>
    internal float Rest { get; }

    /// <summary>One by the number, in single precision.</summary>
    internal float Reciprocal { get; }

    /// <summary>The number in all its forms.</summary>
    public static implicit operator Coefficient(double value) => new(value, (float)value, (float)(1 - value), (float)(1 / value));

    /// <summary>One minus a decay, which is the new value's part of an exponential average.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Coefficient operator -(int one, Coefficient decay) =>
        one == 1 ? new Coefficient(1 - decay.Value, decay.Rest, decay.Single, (float)(1 / (1 - decay.Value))) : one - decay.Value;
}
