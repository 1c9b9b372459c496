namespace FineTune.Optimize;

/// <summary>What is done to a gradient before a rule sees it.</summary>
public sealed record GradientOptions
{
    /// <summary>The largest Euclidean norm of the whole gradient; a larger one is scaled down to it. 0: none. Default 0.</summary>
    public double ClipNorm { get; init; }

    /// <summary>The largest absolute value of an element. 0: none. Default 0.</summary>
    public double ClipValue { get; init; }

    /// <summary>
    /// The largest ratio of a unit's gradient norm to its weight norm, below the head (adaptive clipping, Brock et al. 2021). 0: none.
    /// Default 0.
    /// </summary>
    public double ClipAdaptive { get; init; }

    /// <summary>eta of Gaussian noise of variance eta / (1 + t)^0.55 (Neelakantan et al. 2015). 0: none. Default 0.</summary>
    public double Noise { get; init; }

    /// <summary>
    /// Parts that a batch is computed in, one after another, to save memory; the gradient is the whole batch's. Default 1.
    /// </summary>
    public int Accumulate { get; init; } = 1;
}
