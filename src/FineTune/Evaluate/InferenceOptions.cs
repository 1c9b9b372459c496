using FineTune.Distributed;

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

    /// <summary>The processes that divide the images among them; all get the predictions of all. Default: this process alone.</summary>
    public ICommunicator Ranks { get; init; } = OneProcess.Instance;

    /// <summary>How often a network looks at an image.</summary>
    public int Looks => Views.Views.Count * (Draws?.Passes ?? 1);
}
