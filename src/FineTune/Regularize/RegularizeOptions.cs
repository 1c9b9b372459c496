namespace FineTune.Regularize;

/// <summary>What keeps a network from learning its images by heart, beside augmentation. All off by default.</summary>
public sealed record RegularizeOptions
{
    /// <summary>Probability in [0, 1) of leaving out a whole channel after a stage (Tompson et al. 2015). Default 0.</summary>
    public double SpatialDropout { get; init; }

    /// <summary>Part in [0, 1) of a map that is left out in squares after a stage (Ghiasi et al. 2018). Default 0.</summary>
    public double DropBlock { get; init; }

    /// <summary>Pixels of such a square's side, 1 to 64. Default 7, as in the paper.</summary>
    public int BlockSize { get; init; } = 7;

    /// <summary>
    /// The stages after which the two above stand. Default: the last two with convolutions that train, as in DropBlock's paper.
    /// </summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    /// <summary>
    /// Probability in [0, 1) of leaving out the last residual branch; less below, by the linear rule (Huang et al. 2016). Default 0.
    /// </summary>
    public double StochasticDepth { get; init; }

    /// <summary>Probability in [0, 1) of leaving out a weight of the final layer (Wan et al. 2013). Default 0.</summary>
    public double DropConnect { get; init; }

    /// <summary>Whether the max pool is a fractional one (Graham 2015). Default false.</summary>
    public bool FractionalPool { get; init; }

    /// <summary>Its input pixels an output pixel, above 1 to 2; 0: the output's size stays as it is. Default 0.</summary>
    public double PoolRatio { get; init; }

    /// <summary>Factor, at least 0, of the penalty l1 |w|. Default 0.</summary>
    public double L1 { get; init; }

    /// <summary>Factor, at least 0, of the penalty l2 / 2 w^2. With l1: elastic net (Zou and Hastie 2005). Default 0.</summary>
    public double L2 { get; init; }

    /// <summary>
    /// The largest norm, above 0, of the weights into a unit, after each step (Srebro and Shraibman 2005); 0: none. Default 0.
    /// </summary>
    public double MaxNorm { get; init; }
}
