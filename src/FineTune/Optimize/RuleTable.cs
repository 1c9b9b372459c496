using FineTune.Optimize.Rules;

namespace FineTune.Optimize;

/// <summary>The optimizers that a recipe can name: a new one is one file in Rules and one row here.</summary>
internal static class RuleTable
{
    private const double LeastEps = 1e-30; // at 0 a weight that never had a gradient, padding included, would become 0 / 0

    private const double SgdLr = 0.1;

    private static readonly OptionInfo Mu = new("momentum", "0.9", "decay of the velocity, 0 to 1");
    private static readonly OptionInfo Average = new("momentum", "0.9", "decay of the average gradient, 0 to 1");
    private static readonly OptionInfo Beta1 = new("beta1", "0.9", "decay of the first moment, 0 to below 1");
    private static readonly OptionInfo Beta2 = new("beta2", "0.999", "decay of the second moment, 0 to below 1");
    private static readonly OptionInfo Decoupled = new(
        "decoupled", "false", "decoupled weight decay, instead of an L2 penalty in the gradient");
    private static readonly OptionInfo Unbiased = new("bias_correction", "true", "bias correction of the moments");
    private static readonly OptionInfo Highest = new("amsgrad", "false", "divide by the largest second moment so far (Reddi et al. 2018)");

    /// <summary>In the order of a lecture.</summary>
    public static IReadOnlyList<OptimizerEntry> Rows { get; } =
    [
        new("sgd", "w -= lr g: gradient descent on a batch (Robbins and Monro 1951); with momentum as in PyTorch", SgdLr,
        [
            new("momentum", "0", Mu.Meaning + "; without an lr it is 0.1 (1 - momentum)"),
            new("dampening", "0", "dampening of the momentum, 0 to 1: the velocity gets (1 - dampening) of the gradient"),
            new("nesterov", "false", "Nesterov momentum"),
            Decoupled,
        ], Sgd)
        {
            DefaultLrOf = o => o.Within("momentum", 0, 0, 1) is var mu && mu < 1
                ? SgdLr * (1 - mu) // gradients add up to 1 / (1 - momentum) of one
                : throw new FineTuneException("With a momentum of 1 sgd has no default learning rate; give an lr."),
        },
        new("momentum", "v = mu v - lr g; w += v (Polyak 1964)", 0.01, [Mu, Decoupled], o =>
        {
            var mu = o.Within("momentum", 0.9, 0, 1);
            return Decaying<Momentum>(o, s => new(s.Lr, s.Momentum ?? mu, s.WeightDecay));
        }),
        new("averaged_momentum", "m = a m + (1 - a) g; w -= lr m", 0.1, [Average, Decoupled], o =>
        {
            var mu = o.Within("momentum", 0.9, 0, 1);
            return Decaying<AveragedMomentum>(o, s => new(s.Lr, s.Momentum ?? mu, s.WeightDecay));
        }),
        new("nesterov", "Nesterov momentum, with the gradient at the current weights (Nesterov 1983; Bengio et al. 2012)",
            0.01, [Mu, Decoupled], o =>
            {
                var mu = o.Within("momentum", 0.9, 0, 1);
                return Decaying<Nesterov>(o, s => new(s.Lr, s.Momentum ?? mu, s.WeightDecay));
            }),
        new("nesterov_lookahead", "v = mu v - lr g(w + mu v); w += v: two gradients per step (Nesterov 1983)", 0.01, [Mu],
            (vector, groups, o) => new LookAheadOptimizer(vector, groups, o.Within("momentum", 0.9, 0, 1))),
        new("adagrad", "divides by the root of the sum of squared gradients (Duchi et al. 2011)", 0.01,
        [
            new("lr_decay", "0", "lr / (1 + (t - 1) lr_decay), at least 0"),
            new("initial", "0", "initial value of the sum, at least 0"),
            Eps("1e-10"),
            Decoupled,
        ], o =>
        {
            var (decay, initial, eps) = (
                o.Within("lr_decay", 0, 0, double.PositiveInfinity),
                o.Within("initial", 0, 0, double.PositiveInfinity),
                ReadEps(o, 1e-10));
            return Decaying<AdaGrad>(o, s => new(s.Lr, decay, initial, eps, s.WeightDecay, s.T));
        }),
        new("rmsprop", "divides by the root of the mean squared gradient (Tieleman and Hinton 2012)", 0.001,
        [
            new("alpha", "0.99", "decay of the mean square, 0 to below 1"),
            Eps("1e-8"),
            new("momentum", "0", Mu.Meaning),
            new("centered", "false", "divide by the root of the variance"),
            Decoupled,
        ], RmsProp),
        new("adam", "first and second moments of the gradient, bias-corrected (Kingma and Ba 2015)", 0.001,
            [Beta1, Beta2, Eps("1e-8"), Unbiased, Highest, Decoupled], Adam),
        new("adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2019)", 0.001,
            [Beta1, Beta2, Eps("1e-8"), Unbiased, Highest], o =>
            {
                var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-8));
                var unbiased = o.Flag("bias_correction", true);
                return o.Flag("amsgrad", false)
                    ? new Elementwise<Decoupled<AmsGrad>>(
                        s => new(s.Lr * s.WeightDecay, new(s.Lr, s.Momentum ?? beta1, beta2, eps, 0, unbiased ? s.T : null)))
                    : new Elementwise<AdamW>(s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, unbiased ? s.T : null));
            }),
        new("amsgrad", "Adam whose second moment never falls (Reddi et al. 2018)", 0.001,
            [Beta1, Beta2, Eps("1e-8"), Unbiased, Decoupled], AmsGrad),
        new("adadelta", "scales the gradient by the root mean square of past steps over that of gradients (Zeiler 2012)", 1,
            [new("rho", "0.9", "decay of the mean squares, 0 to below 1"), Eps("1e-6"), Decoupled], o =>
            {
                var (rho, eps) = (o.Below("rho", 0.9, 1), ReadEps(o, 1e-6));
                return Decaying<AdaDelta>(o, s => new(s.Lr, rho, eps, s.WeightDecay));
            }),
        new("adamax", "Adam with the infinity norm of the gradient (Kingma and Ba 2015)", 0.002,
            [Beta1, Beta2, Eps("1e-8"), Decoupled], o =>
            {
                var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-8));
                return Decaying<AdaMax>(o, s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, s.T));
            }),
        new("nadam", "Adam with Nesterov's momentum (Dozat 2016)", 0.002,
            [Beta1, Beta2, Eps("1e-8"), new("momentum_decay", "0.004", "how fast the momentum rises to beta1, at least 0"), Decoupled], o =>
            {
                var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-8));
                var psi = o.Within("momentum_decay", 0.004, 0, double.PositiveInfinity);
                return Decaying<NAdam>(o, s => new(s.Lr, beta1, beta2, eps, psi, s.WeightDecay, s.T)); // it schedules its own momentum
            }),
        new("radam", "Adam with rectified variance: no adaptive rate in the first steps (Liu et al. 2020)", 0.005,
            [Beta1, Beta2, Eps("1e-8"), Decoupled], o =>
            {
                var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-8));
                return Decaying<RAdam>(o, s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, s.T));
            }),
        new("adabelief", "Adam with the squared deviation of the gradient from its average (Zhuang et al. 2020)", 0.001,
            [Beta1, Beta2, Eps("1e-16"), Decoupled], o =>
            {
                var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-16));
                return Decaying<AdaBelief>(o, s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, s.T));
            }),
        new("adan", "Nesterov's momentum from differences of gradients (Xie et al. 2022)", 0.001,
        [
            new("beta1", "0.98", Beta1.Meaning),
            new("beta2", "0.92", "decay of the difference, 0 to below 1"),
            new("beta3", "0.99", Beta2.Meaning),
            Eps("1e-8"),
        ], o =>
        {
            var (beta1, beta2, beta3, eps) =
                (o.Below("beta1", 0.98, 1), o.Below("beta2", 0.92, 1), o.Below("beta3", 0.99, 1), ReadEps(o, 1e-8));
            return new Elementwise<Adan>(s => new(s.Lr, s.Momentum ?? beta1, beta2, beta3, eps, s.WeightDecay, s.T));
        }),
        new("sign", "w -= lr sign(g) (Bernstein et al. 2018)", 0.001, [Decoupled],
            o => Decaying<SignDescent>(o, s => new(s.Lr, s.WeightDecay))),
        new("signum", "the sign of the average gradient (Bernstein et al. 2018)", 0.0003, [Average, Decoupled], o =>
        {
            var mu = o.Within("momentum", 0.9, 0, 1);
            return Decaying<Signum>(o, s => new(s.Lr, s.Momentum ?? mu, s.WeightDecay));
        }),
        new("softsign", "m / (s + |m|) of the average gradient m: between momentum and its sign", 0.003,
            [Average, new("scale", "0.01", "s, the |m| at which a step has half its largest size, at least 1e-30"), Decoupled], o =>
            {
                var (mu, scale) = (o.Within("momentum", 0.9, 0, 1), o.Within("scale", 0.01, LeastEps, double.PositiveInfinity));
                return Decaying<SoftsignMomentum>(o, s => new(s.Lr, s.Momentum ?? mu, scale, s.WeightDecay));
            }),
        new("lion", "the sign of an interpolated momentum, decoupled weight decay (Chen et al. 2023)", 0.0003,
            [new("beta1", "0.9", "weight of the momentum in the step, 0 to 1"), new("beta2", "0.99", "decay of the momentum, 0 to 1")], o =>
            {
                var (beta1, beta2) = (o.Within("beta1", 0.9, 0, 1), o.Within("beta2", 0.99, 0, 1));
                return new Elementwise<Lion>(s => new(s.Lr, s.Momentum ?? beta1, beta2, s.WeightDecay));
            }),
        new("lars", "momentum scaled by |w| / |g| of each layer (You et al. 2017)", 1,
            [Mu, new("eta", "0.001", "trust coefficient, above 0")], o =>
            {
                var (mu, eta) = (o.Within("momentum", 0.9, 0, 1), o.Within("eta", 0.001, double.Epsilon, double.PositiveInfinity));
                return new Layerwise<Lars>(s => new(s.Lr, s.Momentum ?? mu, eta, s.WeightDecay));
            }),
        new("lamb", "AdamW's step, scaled to the weight norm of each layer (You et al. 2020)", 0.005, [Beta1, Beta2, Eps("1e-6")], o =>
        {
            var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-6));
            return new Layerwise<Lamb>(s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, s.T));
        }),
        new("muon", "orthogonalised momentum for matrices and filters (Jordan et al. 2024), AdamW for the rest", 0.02,
        [
            new("momentum", "0.95", Average.Meaning),
            new("adam_scale", "0.1", "learning-rate factor of the parameters that AdamW trains, at least 0"),
        ], (vector, groups, o) =>
            new MuonOptimizer(vector, groups, o.Below("momentum", 0.95, 1), o.Within("adam_scale", 0.1, 0, double.PositiveInfinity))),
    ];

    /// <summary>A rule with an L2 penalty, which the option takes out of the gradient.</summary>
    private static IElementwise Decaying<R>(OptionReader o, Func<StepContext, R> rule)
        where R : struct, IRule =>
        o.Flag("decoupled", false)
            ? new Elementwise<Decoupled<R>>(s => new(s.Lr * s.WeightDecay, rule(s with { WeightDecay = 0 })))
            : new Elementwise<R>(rule);

    private static IElementwise Sgd(OptionReader o)
    {
        var momentum = o.Within("momentum", 0, 0, 1);
        var dampening = o.Within("dampening", 0, 0, 1);
        var nesterov = o.Flag("nesterov", false);
        if (momentum == 0)
            return Decaying<Sgd>(o, s => new(s.Lr, s.WeightDecay));

        // PyTorch's first velocity is the gradient itself, undampened.
        return Decaying<SgdMomentum>(o, s => new(s.Lr, s.Momentum ?? momentum, s.T == 1 ? 0 : dampening, nesterov, s.WeightDecay));
    }

    private static IElementwise RmsProp(OptionReader o)
    {
        var (alpha, eps, mu) = (o.Below("alpha", 0.99, 1), ReadEps(o, 1e-8), o.Within("momentum", 0, 0, 1));
        if (o.Flag("centered", false))
            return Decaying<RmsPropCentered>(o, s => new(s.Lr, alpha, eps, mu == 0 ? 0 : s.Momentum ?? mu, s.WeightDecay));
        return mu == 0
            ? Decaying<RmsProp>(o, s => new(s.Lr, alpha, eps, s.WeightDecay))
            : Decaying<RmsPropMomentum>(o, s => new(s.Lr, alpha, eps, s.Momentum ?? mu, s.WeightDecay));
    }

    private static IElementwise Adam(OptionReader o)
    {
        if (o.Flag("amsgrad", false))
            return AmsGrad(o);
        var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-8));
        var unbiased = o.Flag("bias_correction", true);
        return Decaying<Adam>(o, s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, unbiased ? s.T : null));
    }

    private static IElementwise AmsGrad(OptionReader o)
    {
        var (beta1, beta2, eps) = (o.Below("beta1", 0.9, 1), o.Below("beta2", 0.999, 1), ReadEps(o, 1e-8));
        var unbiased = o.Flag("bias_correction", true);
        return Decaying<AmsGrad>(o, s => new(s.Lr, s.Momentum ?? beta1, beta2, eps, s.WeightDecay, unbiased ? s.T : null));
    }

    private static OptionInfo Eps(string otherwise) => new("eps", otherwise, "added to the denominator, at least 1e-30");

    private static double ReadEps(OptionReader o, double otherwise) => o.Within("eps", otherwise, LeastEps, double.PositiveInfinity);
}
