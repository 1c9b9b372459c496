namespace FineTune.Optimize.SecondOrder;

/// <summary>The rows of <see cref="Optimizers.Table"/> that use curvature.</summary>
internal static class SecondOrderTable
{
    private const double WholeStep = 1;
    private const double Damping = 1e-4;

    public static IReadOnlyList<OptimizerEntry> Rows { get; } =
    [
        Row(
            "lbfgs",
            "limited-memory BFGS, strong Wolfe line search (Liu and Nocedal 1989); for full batches",
            [new("history", "10", "number of past steps, 1 to 100")],
            o => Lbfgs(Whole(o, "history", LbfgsMethod.DefaultHistory, 100))),
        Row("bfgs", "BFGS with a full matrix, strong Wolfe line search; for a head and all images at once", [],
            _ => n => new BfgsMethod(n)),
        Row(
            "newton",
            "damped Newton with the exact Hessian; for a small head and all images at once",
            [new("damping", "1e-4", "added to the Hessian's diagonal (Levenberg), at least 0; raised where it is not positive definite")],
            o => Newton(o.Within("damping", Damping, 0, double.PositiveInfinity))),
        Row(
            "newton-cg",
            "Newton by conjugate gradients on Hessian-vector products; for full batches",
            [new("products", "100", "Hessian-vector products per step, 1 to 10000")],
            o => NewtonCg(Whole(o, "products", NewtonCgMethod.DefaultIterations, 10_000))),
    ];

    private static Func<int, SecondOrderMethod> Lbfgs(int history) => n => new LbfgsMethod(n, history);

    private static Func<int, SecondOrderMethod> Newton(double damping) => n => new NewtonMethod(n, damping);

    private static Func<int, SecondOrderMethod> NewtonCg(int products) => _ => new NewtonCgMethod(products);

    private static OptimizerEntry Row(
        string name, string summary, IReadOnlyList<OptionInfo> options, Func<OptionReader, Func<int, SecondOrderMethod>> method) =>
        new(name, summary, WholeStep, options, (vector, groups, o) => new SecondOrderOptimizer(vector, groups, name, method(o)));

    private static int Whole(OptionReader options, string name, int otherwise, int most)
    {
        _ = options.Within(name, otherwise, 1, most);
        return options.Integer(name, otherwise);
    }
}
