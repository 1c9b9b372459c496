namespace FineTune.Diagnose.Race;

/// <summary>How a race is run.</summary>
public sealed record RaceOptions
{
    /// <summary>Steps of each rule, 1 to 5000. Default 200.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>A rule has arrived when its loss above the minimum is this part of the start's, above 0 to below 1. Default 1e-3.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Decides the noise, which is the same for all rules. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="FineTuneException">One is out of range.</exception>
    public void Validate()
    {
        if (Steps is < 1 or > 5000)
            throw new FineTuneException($"The number of steps is {Steps}; 1 to 5000 is allowed.");
        if (Tolerance is not (> 0 and < 1))
        {
            throw new FineTuneException(
                FormattableString.Invariant($"The tolerance is {Tolerance}; a number above 0 and below 1 is allowed."));
        }
    }
}
