namespace FineTune.Weights;

/// <summary>Weights that do not fit a model. The message says what differs and what to do.</summary>
public sealed class WeightMismatchException : FineTuneException
{
    /// <summary>Weights that do not fit.</summary>
    /// <param name="file">The weights' file or name.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="report">How they differ.</param>
    /// <param name="models">Models that they may belong to; null: not known.</param>
    public WeightMismatchException(string file, string model, MatchReport report, IReadOnlyList<string>? models = null)
        : base(report.Explain(file, model, models)) => Report = report;

    /// <summary>How they differ.</summary>
    public MatchReport Report { get; }
}
