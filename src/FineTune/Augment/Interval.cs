namespace FineTune.Augment;

/// <summary>Numbers between two ends.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Low:0.####}..{High:0.####}";
}
