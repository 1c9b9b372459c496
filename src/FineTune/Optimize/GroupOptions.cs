namespace FineTune.Optimize;

/// <summary>How the trainable parameters are divided into groups.</summary>
public sealed record GroupOptions
{
    /// <summary>Weight decay of what is decayed, at least 0. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Decays biases and norms too, as PyTorch's optimizers do when they are given all parameters. Default false.</summary>
    public bool DecayAll { get; init; }

    /// <summary>Factor on the learning rate below the head, at least 0. Default 1.</summary>
    public double BelowHead { get; init; } = 1;

    /// <summary>
    /// d of the factor max(min, d^(L - i)) on the learning rate of the i-th stage that has parameters, the head's being L; in (0, 1].
    /// Default 1.
    /// </summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>min of that factor, in [0, 1]. Default 0.</summary>
    public double LayerDecayMin { get; init; }

    /// <summary>Groups by name in place of stages: each trainable parameter matches exactly one. Default none.</summary>
    public IReadOnlyList<GroupPattern> Patterns { get; init; } = [];

    /// <summary>The stages that have parameters, from input to head.</summary>
    internal static IReadOnlyList<int> Layers(ParameterVector vector) => [.. vector.Segments.Select(s => s.Stage).Distinct().Order()];

    /// <summary>The groups of a vector's trainable parameters, from input to head.</summary>
    /// <param name="vector">The parameters.</param>
    /// <param name="headStage">The index of the head's stage.</param>
    /// <exception cref="FineTuneException">
    /// A parameter matches no pattern, or more than one; or patterns are given beside factors of stages.
    /// </exception>
    public IReadOnlyList<ParameterGroup> Divide(ParameterVector vector, int headStage)
    {
        var segments = vector.TrainableSegments.ToArray();
        CheckPatterns(segments, vector.Segments);
        var layers = Layers(vector).ToList();
        return
        [
            .. segments
                .GroupBy(s => (Key: Key(s, headStage, layers), Decays: DecayAll || s.Decays || PatternOf(s) is { WeightDecay: not null }))
                .Select(g => new ParameterGroup(
                    g.Key.Key.Name + (g.Key.Decays ? string.Empty : ", biases and norms"),
                    g.Key.Key.LrScale,
                    g.Key.Decays ? g.Key.Key.WeightDecay : 0,
                    [.. g])),
        ];
    }

    private GroupPattern? PatternOf(Segment segment) => Patterns.FirstOrDefault(p => p.Matches(segment.Name));

    private (string Name, double LrScale, double WeightDecay) Key(Segment segment, int headStage, List<int> layers)
    {
        if (PatternOf(segment) is { } pattern)
            return (pattern.Match, pattern.LrScale, pattern.WeightDecay ?? WeightDecay);
        var scale = segment.Stage == headStage
            ? 1
            : BelowHead * Math.Max(LayerDecayMin, Math.Pow(LayerDecay, layers.Count - 1 - layers.IndexOf(segment.Stage)));
        var name = segment.Stage == headStage ? "head" : LayerDecay < 1 ? FormattableString.Invariant($"stage {segment.Stage}") : "body";
        return (name, scale, WeightDecay);
    }

    private void CheckPatterns(Segment[] segments, IReadOnlyList<Segment> all)
    {
        if (Patterns.Count == 0)
            return;
        if (BelowHead != 1 || LayerDecay != 1)
        {
            throw new FineTuneException(
                "The optimizer's groups say what each learning rate is; leave out below_head, layer_decay and slice beside them.");
        }
        var none = segments.Where(s => !Patterns.Any(p => p.Matches(s.Name))).Select(s => s.Name).ToArray();
        if (none.Length > 0)
        {
            throw new FineTuneException(
                $"Every trainable parameter belongs to one group, but no pattern matches: {string.Join(", ", none)}.");
        }
        var twice = segments.Where(s => Patterns.Count(p => p.Matches(s.Name)) > 1).Select(s => s.Name).ToArray();
        if (twice.Length > 0)
        {
            throw new FineTuneException(
                $"Every trainable parameter belongs to one group, but several patterns match: {string.Join(", ", twice)}.");
        }
        if (Patterns.FirstOrDefault(p => !all.Any(s => p.Matches(s.Name))) is { } idle)
            throw new FineTuneException($"The group pattern '{idle.Match}' matches no parameter.");
    }
}
