namespace FineTune.Weights;

/// <summary>Weights that do not fit a model. The message says what differs and what to do.</summary>
public sealed class WeightMismatchException : FineTuneException
{
    /// <summary>Weights that do not fit.</summary>
    /// <param name="file">The weights' file or name.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="report">How they differ.</param>
    public WeightMismatchException(string file, string model, MatchReport report)
        : base(report.Explain(file, model)) => Report = report;

    /// <summary>How they differ.</summary>
    public MatchReport Report { get; }
}
