namespace FineTune.Evaluate;

/// <summary>How often, and how, a network looks at an image whose class it predicts: the probabilities are averaged.</summary>
public sealed record InferenceOptions
{
    /// <summary>Once, in evaluation mode.</summary>
    public static InferenceOptions Default { get; } = new();

    /// <summary>The views of an image. Default: the evaluation view.</summary>
    public TestViews Views { get; init; } = TestViews.One;

    /// <summary>Draws of the stochastic layers for each view; null (default): they are in evaluation mode.</summary>
    public MonteCarlo? Draws { get; init; }

    /// <summary>Decides random views. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>How often a network looks at an image.</summary>
    public int Looks => Views.Views.Count * (Draws?.Passes ?? 1);
}
