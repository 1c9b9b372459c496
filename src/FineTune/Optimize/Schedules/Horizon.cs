using System.Globalization;

namespace FineTune.Optimize.Schedules;

/// <summary>How long a run is, in the units that a duration may be given in.</summary>
/// <param name="Steps">Optimizer steps of the whole run, at least 1.</param>
/// <param name="StepsPerEpoch">Steps of one epoch, at least 1.</param>
/// <param name="SamplesPerStep">Samples of one step, at least 1.</param>
public sealed record Horizon(long Steps, long StepsPerEpoch, int SamplesPerStep)
{
    /// <summary>Converts "7 epochs", "100 steps", "5000 samples" or "10%" of the run, once, to steps. A bare number is epochs.</summary>
    /// <param name="what">What the duration is of, for the message.</param>
    /// <param name="duration">The text.</param>
    /// <returns>Steps, at least 1.</returns>
    /// <exception cref="FineTuneException">The text is no duration, or is less than a step.</exception>
    public long ToSteps(string what, string duration)
    {
        var text = duration.Trim();
        var split = text.IndexOfAny([' ', '%']) is var k and >= 0 ? k : text.Length;
        if (!double.TryParse(text[..split], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw Wrong(what, duration);
        var steps = text[split..].Trim() switch
        {
            "" or "epoch" or "epochs" => number * StepsPerEpoch,
            "step" or "steps" => number,
            "sample" or "samples" => number / SamplesPerStep,
            "%" => number / 100 * Steps,
            _ => throw Wrong(what, duration),
        };
        var rounded = (long)Math.Round(steps, MidpointRounding.AwayFromZero);
        return rounded >= 1 && double.IsFinite(steps) ? rounded : throw Wrong(what, duration);
    }

    private static FineTuneException Wrong(string what, string duration) =>
        new($"The {what} is '{duration}'; a duration of at least one step is allowed, such as 7 epochs, 100 steps, 5000 samples or 10%.");
}
