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

    /// <summary>The same, for what must fit into the run: at most <see cref="Steps"/>.</summary>
    /// <inheritdoc cref="ToSteps"/>
    /// <exception cref="FineTuneException">The text is no duration, is less than a step, or is longer than the run.</exception>
    public long ToStepsWithin(string what, string duration) => ToSteps(what, duration) is var steps && steps <= Steps
        ? steps
        : throw new FineTuneException($"The {what} is '{duration}', {steps} steps, but there are only {Steps} for it.");

    /// <summary>The same, for what must leave room after it: less than <see cref="Steps"/>.</summary>
    /// <inheritdoc cref="ToSteps"/>
    /// <exception cref="FineTuneException">The text is no duration, is less than a step, or leaves no step after it.</exception>
    public long ToStepsInside(string what, string duration) => ToSteps(what, duration) is var steps && steps < Steps
        ? steps
        : throw new FineTuneException($"The {what} is '{duration}', {steps} steps, which leaves none of {Steps} after it.");

    /// <summary>
    /// Refuses an average of weights, average = d average + (1 - d) w, whose memory of 1 / (1 - d) steps is longer than the run:
    /// d^T of it would still be the initial weights. 0.9998 remembers 5,000 steps; after 1,525 it is 0.9998^1525 = 74% initial.
    /// </summary>
    /// <param name="decay">d, in [0, 1).</param>
    /// <exception cref="FineTuneException">It is out of range, or its memory exceeds the run.</exception>
    public void CheckEma(double decay)
    {
        if (!(decay >= 0 && decay < 1))
            throw new FineTuneException($"The decay of the average is {OptionReader.Text(decay)}; a number from 0 to below 1 is allowed.");
        var memory = 1 / (1 - decay);
        if (memory > Steps * (1 + 1e-9)) // 1 / (1 - 0.99) is a little above 100
        {
            throw new FineTuneException(FormattableString.Invariant($"The decay {decay} of the average remembers {memory:0} steps, ")
                + FormattableString.Invariant($"but the run has {Steps}: {100 * Math.Pow(decay, Steps):0}% of the initial weights would ")
                + FormattableString.Invariant($"be left in it; at most {1 - (1.0 / Steps):0.######} works."));
        }
    }

    private static FineTuneException Wrong(string what, string duration) =>
        new($"The {what} is '{duration}'; a duration of at least one step is allowed, such as 7 epochs, 100 steps, 5000 samples or 10%.");
}
