namespace FineTune.Diagnose.Race;

/// <summary>The table of surfaces: a new one is one row here.</summary>
public static class Surfaces
{
    /// <summary>Every surface: its name, what it shows, and how it is made from its options.</summary>
    public static IReadOnlyList<SurfaceEntry> Table { get; } =
    [
        new("ravine", "steep in y, flat in x: 1/2 (x^2 + condition y^2)", o => Bowl("ravine", o.Condition, 0) with
        {
            Start = new(-1, 0.45), Low = new(-1.2, -0.65), High = new(0.75, 0.65),
        }),
        new("saddle", "a saddle point at (0, 0) between two minima: 1/2 x^2 - 1/2 y^2 + 1/4 y^4", _ => Saddle),
        new("rosenbrock", "a curved valley (Rosenbrock 1960): (1 - x)^2 + 100 (y - x^2)^2", _ => Rosenbrock),
        new("beale", "a plateau with steep walls (Beale 1958)", _ => Beale),
        new("bowl", "a round bowl with a noisy gradient, as with small batches: 1/2 (x^2 + 4 y^2)", o => Bowl("bowl", 4, o.Noise)),
    ];

    private static Surface Saddle => new()
    {
        Name = "saddle",
        Formula = "½ x² − ½ y² + ¼ y⁴",
        Start = new(-1.5, 1e-6),
        Minima = [new(0, 1), new(0, -1)],
        Low = new(-1.95, -1.3),
        High = new(1.95, 1.3),
        Curvature = 2, // at the minima
        Value = p => (0.5 * p.X * p.X) - (0.5 * p.Y * p.Y) + (0.25 * Math.Pow(p.Y, 4)),
        Gradient = p => new(p.X, (p.Y * p.Y * p.Y) - p.Y),
        Hessian = p => new(1, 0, (3 * p.Y * p.Y) - 1),
    };

    private static Surface Rosenbrock => new()
    {
        Name = "rosenbrock",
        Formula = "(1 − x)² + 100 (y − x²)²",
        Start = new(-1.2, 1), // Rosenbrock's own
        Minima = [new(1, 1)],
        Low = new(-2.1, -0.7),
        High = new(2.1, 2.1),
        Curvature = 1600, // 1,506 at the start, 1,002 at the minimum
        Value = p => Math.Pow(1 - p.X, 2) + (100 * Math.Pow(p.Y - (p.X * p.X), 2)),
        Gradient = p => new((-2 * (1 - p.X)) - (400 * p.X * (p.Y - (p.X * p.X))), 200 * (p.Y - (p.X * p.X))),
        Hessian = p => new(2 - (400 * p.Y) + (1200 * p.X * p.X), -400 * p.X, 200),
    };

    private static Surface Beale => new()
    {
        Name = "beale",
        Formula = "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
        Start = new(1, 1),
        Minima = [new(3, 0.5)],
        Low = new(-1, -1.6),
        High = new(4.4, 2),
        Curvature = 90, // 78 at the start, 50 at the minimum
        Value = p =>
        {
            var (a, b, c) = BealeTerms(p);
            return (a * a) + (b * b) + (c * c);
        },
        Gradient = p =>
        {
            var ((a, b, c), (x, y)) = (BealeTerms(p), p);
            return new(
                (2 * a * (y - 1)) + (2 * b * ((y * y) - 1)) + (2 * c * ((y * y * y) - 1)),
                (2 * a * x) + (4 * b * x * y) + (6 * c * x * y * y));
        },
        Hessian = p =>
        {
            var ((a, b, c), (x, y)) = (BealeTerms(p), p);
            var (u, v, w) = (y - 1, (y * y) - 1, (y * y * y) - 1); // of the terms by x
            var (r, s, t) = (x, 2 * x * y, 3 * x * y * y); // of the terms by y
            return new(
                2 * ((u * u) + (v * v) + (w * w)),
                2 * ((u * r) + a + (v * s) + (b * 2 * y) + (w * t) + (c * 3 * y * y)),
                2 * ((r * r) + (s * s) + (b * 2 * x) + (t * t) + (c * 6 * x * y)));
        },
    };

    /// <summary>The surface of that name.</summary>
    /// <exception cref="FineTuneException">No such name (the nearest is offered), or an option out of range.</exception>
    public static Surface Find(string name, SurfaceOptions options)
    {
        var entry = Table.FirstOrDefault(e => e.Name == name) ?? throw FineTune.Nearest.Unknown("surface", name, Table.Select(e => e.Name));
        if (options.Condition is not (>= 1 and <= 1e6))
        {
            throw new FineTuneException(
                FormattableString.Invariant($"The condition number is {options.Condition}; 1 to 1000000 is allowed."));
        }
        if (options.Noise is not (>= 0 and <= 100))
            throw new FineTuneException(FormattableString.Invariant($"The noise is {options.Noise}; 0 to 100 is allowed."));
        return entry.Make(options);
    }

    private static Surface Bowl(string name, double condition, double noise) => new()
    {
        Name = name,
        Formula = FormattableString.Invariant($"½ (x² + {condition} y²)"),
        Start = new(-1.5, 0.9),
        Minima = [new(0, 0)],
        Low = new(-1.9, -1.2),
        High = new(1.7, 1.2),
        Curvature = condition,
        Noise = noise,
        Value = p => 0.5 * ((p.X * p.X) + (condition * p.Y * p.Y)),
        Gradient = p => new(p.X, condition * p.Y),
        Hessian = _ => new(1, 0, condition),
    };

    private static (double A, double B, double C) BealeTerms(Point p) =>
        (1.5 - p.X + (p.X * p.Y), 2.25 - p.X + (p.X * p.Y * p.Y), 2.625 - p.X + (p.X * p.Y * p.Y * p.Y));
}
