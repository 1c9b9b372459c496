namespace FineTune.Data;

/// <summary>Which training images an epoch shows.</summary>
public enum Sampling
{
    /// <summary>Every image once.</summary>
    Uniform,

    /// <summary>Every class as often as any other, as many images together as there are; see <see cref="BalancedOrder"/>.</summary>
    Balanced,
}
