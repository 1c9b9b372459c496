using FineTune.Optimize.Schedules;
using FineTune.Optimize.SecondOrder;
using FineTune.Optimize.Wrappers;

namespace FineTune.Optimize;

/// <summary>The optimizers that a recipe can name, and how one is made.</summary>
public static class Optimizers
{
    /// <summary>Options that every optimizer has.</summary>
    public static IReadOnlyList<OptionInfo> Common { get; } =
    [
        new("lr", "by optimizer", "learning rate, at least 0; never rescaled by the batch size"),
        new("weight_decay", "0", "at least 0"),
        new("decay_all", "false", "weight decay for biases and norms too"),
        new("below_head", "1", "factor on the learning rate below the head, at least 0"),
        new("layer_decay", "1", "d in the learning-rate factor max(min, d^(L - i)) of stage i of L "
            + "(stages without parameters are not counted), above 0 to 1"),
        new("layer_decay_min", "0", "min of that factor, 0 to 1"),
        new("slice", "1",
            "s in the learning-rate factor s^-((L - i) / L) of stage i of L: lr / s at the input, lr at the head; at least 1"),
        new("groups", "by stage", "a list of { match: layer4.*, lr_scale: 1, weight_decay: 0 }; each parameter must match exactly one; "
            + "a weight_decay given here also applies to biases and norms"),
        new("lookahead", "0", "fast steps per slow step (Zhang et al. 2019); 0 for none"),
        new("lookahead_alpha", "0.5", "size of the slow step, above 0 to 1"),
        new("sam", "0", "radius of sharpness-aware minimisation (Foret et al. 2021); 0 for none"),
        new("polyak", "none", "a duration after which the weights are averaged (Polyak and Juditsky 1992)"),
        new("ema", "none", "decay of an exponential moving average of the weights, 0 to below 1; "
            + "1 / (1 - decay) steps must fit into the run; auto: 1 - 10 / steps"),
    ];

    /// <summary>Every optimizer.</summary>
    public static IReadOnlyList<OptimizerEntry> Table { get; } = [.. RuleTable.Rows, .. SecondOrderTable.Rows];

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static OptimizerEntry Find(string name) =>
        Table.FirstOrDefault(e => e.Name == name) ?? throw Nearest.Unknown("optimizer", name, Table.Select(e => e.Name));

    /// <summary>The learning rate that a recipe asks for; without one, the row's default.</summary>
    /// <exception cref="FineTuneException">An unknown name or option, or a rate below 0.</exception>
    public static double Lr(NamedSpec spec)
    {
        var (entry, options) = (Find(spec.Name), Read(spec));
        return options.Within("lr", entry.DefaultLrOf?.Invoke(options) ?? entry.DefaultLr, 0, double.PositiveInfinity);
    }

    /// <summary>The same spec with its learning rate written out.</summary>
    /// <exception cref="FineTuneException">An unknown name or option, or a rate below 0.</exception>
    public static NamedSpec WithRate(NamedSpec spec) => spec.Options.ContainsKey("lr") ? spec : spec.With("lr", Lr(spec));

    /// <summary>A row's rule on plain doubles, with its options read.</summary>
    /// <param name="spec">Name and options; lr is left to the caller.</param>
    /// <param name="count">Weights.</param>
    /// <exception cref="FineTuneException">
    /// An unknown name or option, a value out of range, or an optimizer that is no elementwise rule.
    /// </exception>
    internal static IStepper Stepper(NamedSpec spec, int count)
    {
        var entry = Find(spec.Name);
        var rule = entry.Rule ?? throw new FineTuneException($"The optimizer {spec.Name} is not elementwise; elementwise optimizers are: "
            + $"{string.Join(", ", Table.Where(e => e.Rule is not null).Select(e => e.Name))}.");
        var options = Read(spec);
        return rule(options).Stepper(count, options.Within("weight_decay", 0, 0, double.PositiveInfinity));
    }

    /// <summary>Makes the optimizer of a recipe for the trainable part of a vector.</summary>
    /// <param name="spec">Name and options.</param>
    /// <param name="vector">The parameters.</param>
    /// <param name="headStage">The index of the head's stage.</param>
    /// <param name="horizon">How long the run is.</param>
    /// <param name="maxNorm">The largest norm of the weights into a unit, after each step; 0: none.</param>
    /// <exception cref="FineTuneException">An unknown name or option, or a value out of range.</exception>
    public static Optimizer Create(NamedSpec spec, ParameterVector vector, int headStage, Horizon horizon, double maxNorm = 0)
    {
        var options = Read(spec);
        _ = Lr(spec); // one out of range is answered before anything starts
        return Wrap(Find(spec.Name).Create(vector, Groups(spec, vector, headStage), options), options, horizon, maxNorm);
    }

    /// <summary>The parameter groups of a recipe, for the trainable part of a vector.</summary>
    /// <param name="spec">Name and options.</param>
    /// <param name="vector">The parameters.</param>
    /// <param name="headStage">The index of the head's stage.</param>
    /// <exception cref="FineTuneException">
    /// An unknown name or option, a value out of range, or patterns that do not divide the parameters.
    /// </exception>
    public static IReadOnlyList<ParameterGroup> Groups(NamedSpec spec, ParameterVector vector, int headStage)
    {
        var options = Read(spec);
        return new GroupOptions
        {
            WeightDecay = options.Within("weight_decay", 0, 0, double.PositiveInfinity),
            DecayAll = options.Flag("decay_all", false),
            BelowHead = options.Within("below_head", 1, 0, double.PositiveInfinity),
            LayerDecay = LayerDecay(options, GroupOptions.Layers(vector).Count - 1),
            LayerDecayMin = options.Within("layer_decay_min", 0, 0, 1),
            Patterns = [.. options.Maps("groups").Select(Pattern)],
        }.Divide(vector, headStage);
    }

    /// <summary>d of layer i's factor d^(L - i): as it is given, or s^(-1 / L) of a slice (Howard and Gugger 2020, fastai's).</summary>
    private static double LayerDecay(OptionReader options, int layers)
    {
        var (decay, slice) = (options.Within("layer_decay", 1, double.Epsilon, 1), options.Within("slice", 1, 1, double.MaxValue));
        if (decay < 1 && slice > 1)
        {
            throw new FineTuneException(
                "The optimizer's layer_decay and slice both say how the learning rate falls towards the input; give one of them.");
        }
        return slice > 1 ? Math.Pow(slice, -1.0 / Math.Max(1, layers)) : decay;
    }

    private static FiniteGradient Wrap(Optimizer optimizer, OptionReader options, Horizon horizon, double maxNorm)
    {
        var searches = optimizer is SecondOrderOptimizer;
        if (maxNorm > 0)
        {
            optimizer = searches
                ? throw new FineTuneException("regularize.max_norm moves w after the step, where a line search did not look; "
                    + "leave it at 0 for a second-order optimizer.")
                : new MaxNorm(optimizer, maxNorm);
        }

        if (options.Within("sam", 0, 0, double.PositiveInfinity) is > 0 and var rho)
        {
            optimizer = searches
                ? throw new FineTuneException(
                    "sam takes the gradient away from w, where a line search cannot start; leave it at 0 for a second-order optimizer.")
                : new Sam(optimizer, rho);
        }

        var (k, alpha) = (options.Integer("lookahead", 0), options.Within("lookahead_alpha", 0.5, double.Epsilon, 1));
        if (k < 0)
            throw new FineTuneException($"The optimizer's lookahead is {k}; 0 (none) or the fast steps of a slow one is allowed.");
        if (k > 0)
            optimizer = new Lookahead(optimizer, k, alpha);
        if (options.Words("polyak") is { } start)
            optimizer = new PolyakAverage(optimizer, start == "0" ? 0 : horizon.ToStepsInside("optimizer's `polyak`", start));
        if (options.Words("ema") is not null)
            optimizer = new ExponentialAverage(optimizer, EmaDecay(options, horizon));
        return new FiniteGradient(optimizer);
    }

    private static double EmaDecay(OptionReader options, Horizon horizon)
    {
        if (options.Words("polyak") is not null)
            throw new FineTuneException("The optimizer's polyak and ema are two averages of the same weights; give one of them.");
        if (options.Words("ema") == "auto")
            return ExponentialAverage.Auto(horizon.Steps);
        var decay = options.Number("ema", 0);
        horizon.CheckEma(decay);
        return decay;
    }

    private static GroupPattern Pattern(IReadOnlyDictionary<string, object?> map)
    {
        var read = new OptionReader(
            "groups",
            [new("match", string.Empty, string.Empty), new("lr_scale", "1", string.Empty), new("weight_decay", string.Empty, string.Empty)],
            map);
        var decay = read.Words("weight_decay") is null ? (double?)null : read.Within("weight_decay", 0, 0, double.PositiveInfinity);
        return new GroupPattern(
            read.Words("match") ?? throw new FineTuneException("A group of the optimizer has no `match`, such as layer4.*."),
            read.Within("lr_scale", 1, 0, double.PositiveInfinity),
            decay);
    }

    private static OptionReader Read(NamedSpec spec) => new(spec.Name, [.. Common, .. Find(spec.Name).Options], spec.Options);
}
