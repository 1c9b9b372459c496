namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// Where to look for a lower value. All that a method remembers lies in its vectors and numbers, so that it can be put aside
/// and taken up again to the bit.
/// </summary>
public abstract class SecondOrderMethod
{
    private readonly List<(string Name, double[] Values)> _vectors = [];

    /// <summary>What it remembers, by name; overwritten in place to restore it.</summary>
    public IReadOnlyList<(string Name, double[] Values)> Vectors => _vectors;

    /// <summary>Numbers that it remembers.</summary>
    public IDictionary<string, double> Numbers { get; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The direction to search along.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="at">The point, evaluated.</param>
    /// <param name="direction">[n], overwritten.</param>
    public abstract void Direction(IObjective objective, LinePoint at, Span<double> direction);

    /// <summary>The first step to try along a direction.</summary>
    /// <param name="scale">Scale of a step that nothing is known of yet, above 0.</param>
    /// <param name="at">The point, evaluated.</param>
    public virtual double Trial(double scale, LinePoint at) => 1;

    /// <summary>Learns from a step.</summary>
    /// <param name="step">[n]: the difference of the points.</param>
    /// <param name="change">[n]: the difference of their gradients.</param>
    public virtual void Update(ReadOnlySpan<double> step, ReadOnlySpan<double> change)
    {
    }

    /// <summary>Forgets what it learned.</summary>
    /// <returns>Whether there was anything to forget.</returns>
    public virtual bool Reset() => false;

    /// <summary>A new vector of zeros that belongs to what it remembers.</summary>
    private protected double[] Remember(string name, int length)
    {
        var values = new double[length];
        _vectors.Add((name, values));
        return values;
    }
}
