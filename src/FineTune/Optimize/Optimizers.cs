using FineTune.Optimize.Rules;
using FineTune.Optimize.Schedules;
using FineTune.Optimize.SecondOrder;
using FineTune.Optimize.Wrappers;

namespace FineTune.Optimize;

/// <summary>The table of optimizers: a new one is one file in Rules and one row here.</summary>
public static class Optimizers
{
    private const double LeastEps = 1e-30; // at 0 a weight that never had a gradient, padding included, would become 0 / 0

    private static readonly OptionInfo Mu = new("momentum", "0.9", "decay of the velocity, 0 to 1");
    private static readonly OptionInfo[] Moments =
    [
        new("beta1", "0.9", "decay of the first moment, 0 to below 1"),
        new("beta2", "0.999", "decay of the second moment, 0 to below 1"),
        new("eps", "1e-8", "added to the root, at least 1e-30"),
    ];

    /// <summary>Options that every optimizer has.</summary>
    public static IReadOnlyList<OptionInfo> Common { get; } =
    [
        new("lr", "by optimizer", "learning rate of a step, at least 0; never rescaled by the batch"),
        new("weight_decay", "0", "at least 0"),
        new("decay_all", "false", "decays biases and norms too"),
        new("below_head", "1", "factor on the learning rate below the head, at least 0"),
        new("layer_decay", "1", "d of the factor max(min, d^(L - i)) on the learning rate of stage i of L, above 0 to 1"),
        new("layer_decay_min", "0", "min of that factor, 0 to 1"),
        new("groups", "by stage", "a list of { match: layer4.*, lr_scale: 1, weight_decay: 0 }; each parameter matches exactly one"),
        new("lookahead", "0", "fast steps a slow one (Zhang et al. 2019); 0 for none"),
        new("lookahead_alpha", "0.5", "the slow step, above 0 to 1"),
        new("sam", "0", "radius of sharpness-aware minimisation (Foret et al. 2021); 0 for none"),
        new("polyak", "none", "a duration after which weights are averaged (Polyak and Juditsky 1992)"),
    ];

    /// <summary>Every optimizer.</summary>
    public static IReadOnlyList<OptimizerEntry> Table { get; } =
    [
        new(
            "sgd",
            "stochastic gradient descent; with a momentum as PyTorch writes it",
            0.01,
            [new("momentum", "0", Mu.Meaning), new("dampening", "0", "part of the gradient kept out of the velocity, 0 to 1"), new("nesterov", "false", "looks ahead by one velocity")],
            Sgd),
        new("momentum", "v = mu v - lr g; w += v (Polyak 1964)", 0.01, [Mu], o =>
        {
            var mu = o.Within("momentum", 0.9, 0, 1);
            return new Elementwise<Momentum>(s => new(s.Lr, mu, s.WeightDecay));
        }),
        new("nesterov", "momentum whose gradient is taken at the look-ahead point (Nesterov 1983)", 0.01, [Mu], o =>
        {
            var mu = o.Within("momentum", 0.9, 0, 1);
            return new Elementwise<Nesterov>(s => new(s.Lr, mu, s.WeightDecay));
        }),
        new("adam", "moments of the gradient, unbiased (Kingma and Ba 2015)", 0.001, Moments, o =>
        {
            var (beta1, beta2, eps) = ReadMoments(o);
            return new Elementwise<Adam>(s => new(s.Lr, beta1, beta2, eps, s.WeightDecay, s.T));
        }),
        new("adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2019)", 0.001, Moments, o =>
        {
            var (beta1, beta2, eps) = ReadMoments(o);
            return new Elementwise<AdamW>(s => new(s.Lr, beta1, beta2, eps, s.WeightDecay, s.T));
        }),
        .. SecondOrderTable.Rows,
    ];

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static OptimizerEntry Find(string name) =>
        Table.FirstOrDefault(e => e.Name == name) ?? throw Nearest.Unknown("optimizer", name, Table.Select(e => e.Name));

    /// <summary>The learning rate that a recipe asks for; without one, the row's default.</summary>
    /// <exception cref="FineTuneException">An unknown name or option, or a rate below 0.</exception>
    public static double Lr(NamedSpec spec) => Read(spec).Within("lr", Find(spec.Name).DefaultLr, 0, double.PositiveInfinity);

    /// <summary>A row's rule on plain doubles, with its options read.</summary>
    /// <param name="spec">Name and options; lr is left to the caller.</param>
    /// <param name="count">Weights.</param>
    /// <exception cref="FineTuneException">An unknown name or option, a value out of range, or an optimizer that is no elementwise rule.</exception>
    internal static IStepper Stepper(NamedSpec spec, int count)
    {
        var entry = Find(spec.Name);
        var rule = entry.Rule ?? throw new FineTuneException($"The optimizer {spec.Name} is no rule of one weight at a time; those that are: {string.Join(", ", Table.Where(e => e.Rule is not null).Select(e => e.Name))}.");
        var options = Read(spec);
        return rule(options).Stepper(count, options.Within("weight_decay", 0, 0, double.PositiveInfinity));
    }

    /// <summary>Makes the optimizer of a recipe for the trainable part of a vector.</summary>
    /// <param name="spec">Name and options.</param>
    /// <param name="vector">The parameters.</param>
    /// <param name="headStage">The index of the head's stage.</param>
    /// <param name="horizon">How long the run is.</param>
    /// <exception cref="FineTuneException">An unknown name or option, or a value out of range.</exception>
    public static Optimizer Create(NamedSpec spec, ParameterVector vector, int headStage, Horizon horizon)
    {
        var options = Read(spec);
        _ = Lr(spec); // one out of range is answered before anything starts
        var groups = new GroupOptions
        {
            WeightDecay = options.Within("weight_decay", 0, 0, double.PositiveInfinity),
            DecayAll = options.Flag("decay_all", false),
            BelowHead = options.Within("below_head", 1, 0, double.PositiveInfinity),
            LayerDecay = options.Within("layer_decay", 1, double.Epsilon, 1),
            LayerDecayMin = options.Within("layer_decay_min", 0, 0, 1),
            Patterns = [.. options.Maps("groups").Select(Pattern)],
        };
        return Wrap(Find(spec.Name).Create(vector, groups.Divide(vector, headStage), options), options, horizon);
    }

    private static Optimizer Wrap(Optimizer optimizer, OptionReader options, Horizon horizon)
    {
        if (options.Within("sam", 0, 0, double.PositiveInfinity) is > 0 and var rho)
        {
            optimizer = optimizer is SecondOrderOptimizer
                ? throw new FineTuneException("sam takes the gradient away from w, where a line search cannot start; leave it at 0 for a second-order optimizer.")
                : new Sam(optimizer, rho);
        }

        if (options.Integer("lookahead", 0) is > 0 and var k)
            optimizer = new Lookahead(optimizer, k, options.Within("lookahead_alpha", 0.5, double.Epsilon, 1));
        if (options.Words("polyak") is { } start)
            optimizer = new PolyakAverage(optimizer, start == "0" ? 0 : horizon.ToSteps("optimizer's `polyak`", start));
        return optimizer;
    }

    private static GroupPattern Pattern(IReadOnlyDictionary<string, object?> map)
    {
        var read = new OptionReader("groups", [new("match", string.Empty, string.Empty), new("lr_scale", "1", string.Empty), new("weight_decay", string.Empty, string.Empty)], map);
        var decay = read.Words("weight_decay") is null ? (double?)null : read.Within("weight_decay", 0, 0, double.PositiveInfinity);
        return new GroupPattern(
            read.Words("match") ?? throw new FineTuneException("A group of the optimizer has no `match`, such as layer4.*."),
            read.Within("lr_scale", 1, 0, double.PositiveInfinity),
            decay);
    }

    private static OptionReader Read(NamedSpec spec) => new(spec.Name, [.. Common, .. Find(spec.Name).Options], spec.Options);

    private static IElementwise Sgd(OptionReader o)
    {
        var momentum = o.Within("momentum", 0, 0, 1);
        var dampening = o.Within("dampening", 0, 0, 1);
        var nesterov = o.Flag("nesterov", false);
        if (momentum == 0)
            return new Elementwise<Sgd>(s => new(s.Lr, s.WeightDecay));

        // PyTorch's first velocity is the gradient itself, undampened.
        return new Elementwise<SgdMomentum>(s => new(s.Lr, momentum, s.T == 1 ? 0 : dampening, nesterov, s.WeightDecay));
    }

    private static (double Beta1, double Beta2, double Eps) ReadMoments(OptionReader o) =>
        (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), o.Within("eps", 1e-8, LeastEps, double.PositiveInfinity));
}
