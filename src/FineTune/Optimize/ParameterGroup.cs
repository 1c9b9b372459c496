namespace FineTune.Optimize;

/// <summary>Segments that are trained alike.</summary>
/// <param name="Name">What a table calls it, such as "head, decayed".</param>
/// <param name="LrScale">Factor on the scheduled learning rate.</param>
/// <param name="WeightDecay">Weight decay of these parameters.</param>
/// <param name="Segments">From input to head.</param>
public sealed record ParameterGroup(string Name, double LrScale, double WeightDecay, IReadOnlyList<Segment> Segments)
{
    /// <summary>
    /// The usual groups of what is trainable: the head and what is below it, each with its decayed matrices and its biases
    /// and norms, which are not decayed.
    /// </summary>
    /// <param name="vector">The parameters.</param>
    /// <param name="headStage">The index of the head's stage.</param>
    /// <param name="belowHead">Factor on the learning rate below the head.</param>
    /// <param name="weightDecay">Weight decay of what is decayed.</param>
    /// <param name="decayAll">Decays biases and norms too, as PyTorch's optimizers do when they are given all parameters.</param>
    public static IReadOnlyList<ParameterGroup> ByStage(ParameterVector vector, int headStage, double belowHead, double weightDecay, bool decayAll) =>
    [
        .. vector.TrainableSegments
            .GroupBy(s => (Head: s.Stage == headStage, Decays: decayAll || s.Decays))
            .Select(g => new ParameterGroup(
                (g.Key.Head ? "head" : "body") + (g.Key.Decays ? string.Empty : ", biases and norms"),
                g.Key.Head ? 1 : belowHead,
                g.Key.Decays ? weightDecay : 0,
                [.. g])),
    ];
}
