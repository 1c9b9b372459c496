namespace FineTune.Diagnose;

/// <summary>What an <see cref="LrRangeTest"/> tries.</summary>
public sealed record LrRangeOptions
{
    /// <summary>The first learning rate, above 0. Default 1e-7.</summary>
    public double From { get; init; } = 1e-7;

    /// <summary>The last, above the first. Default 10.</summary>
    public double To { get; init; } = 10;

    /// <summary>Steps from first to last, 20 to 100,000. Default 100.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>Decay of the smoothed loss, in [0, 1). Default 0.98, fastai's.</summary>
    public double Smoothing { get; init; } = 0.98;

    /// <summary>It ends where the smoothed loss is this many times its best, above 1. Default 4, fastai's.</summary>
    public double Diverged { get; init; } = 4;

    /// <summary>from (to / from)^(i / (n - 1)). From 1e-7 to 10 in 100: 1e-7 at 0, 1.2e-7 at 1, 10 at 99.</summary>
    /// <param name="i">From 0.</param>
    public double Lr(int i) => From * Math.Pow(To / From, i / (Iterations - 1.0));

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="FineTuneException">A number is out of range.</exception>
    public void Validate()
    {
        if (!(From > 0 && To > From && double.IsFinite(To)))
        {
            throw new FineTuneException($"The learning rates go from {OptionReader.Text(From)} to {OptionReader.Text(To)}; "
                + "a range that rises from above 0 is allowed.");
        }
        if (Iterations is < 20 or > 100_000)
            throw new FineTuneException($"The range test has {Iterations} iterations; 20 to 100000 are allowed.");
        if (!(Smoothing is >= 0 and < 1 && Diverged > 1))
        {
            throw new FineTuneException($"The range test's smoothing is {OptionReader.Text(Smoothing)} and its limit "
                + $"{OptionReader.Text(Diverged)}; 0 to below 1, and a number above 1, are allowed.");
        }
    }
}
