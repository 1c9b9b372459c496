namespace FineTune.Augment;

/// <summary>Ranges of the transforms' options: the value, or one sentence with the value and what is allowed.</summary>
internal static class Allowed
{
    /// <summary>A side of what a network sees, in pixels.</summary>
    public static int Side(string what, int value) => Pixels(what, value, InputBounds.MostSide);

    /// <summary>A side that an image is resized to, in pixels.</summary>
    public static int Resized(string what, int value) => Pixels(what, value, InputBounds.MostResize);

    private static int Pixels(string what, int value, int most) => value >= 1 && value <= most
        ? value
        : throw new FineTuneException($"The {what} is {value} pixels; it must be 1 to {most}.");

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>, both allowed.</summary>
    public static double Within(string what, double value, double min, double max) => value >= min && value <= max
        ? value
        : throw new FineTuneException($"The {what} is {value}; it must be {min} to {max}.");

    /// <summary>A finite number of at least 0.</summary>
    public static double NotNegative(string what, double value) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new FineTuneException($"The {what} is {value}; it must be at least 0.");

    /// <summary>A range above 0 with its ends in order.</summary>
    public static Interval Range(string what, Interval value, double max) => value.Low > 0 && value.Low <= value.High && value.High <= max
        ? value
        : throw new FineTuneException(
            $"The {what} is {value}; it must rise, from above 0{(double.IsFinite(max) ? $" to at most {max}" : string.Empty)}.");
}
