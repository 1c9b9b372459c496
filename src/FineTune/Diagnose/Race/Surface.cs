namespace FineTune.Diagnose.Race;

/// <summary>A function of two weights to race on, with its derivatives.</summary>
public sealed record Surface
{
    /// <summary>Its name in <see cref="Surfaces.Table"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Its formula, for people.</summary>
    public required string Formula { get; init; }

    /// <summary>Where the race starts.</summary>
    public required Point Start { get; init; }

    /// <summary>Its minima, all equally deep.</summary>
    public required IReadOnlyList<Point> Minima { get; init; }

    /// <summary>The lower left corner of what is drawn.</summary>
    public required Point Low { get; init; }

    /// <summary>The upper right corner of what is drawn.</summary>
    public required Point High { get; init; }

    /// <summary>The greatest curvature that a path from the start meets: the default learning rates follow from it.</summary>
    public required double Curvature { get; init; }

    /// <summary>Standard deviation of the noise on each part of the gradient. Default 0.</summary>
    public double Noise { get; init; }

    /// <summary>The loss.</summary>
    public required Func<Point, double> Value { get; init; }

    /// <summary>Its gradient, without noise.</summary>
    public required Func<Point, Point> Gradient { get; init; }

    /// <summary>Its second derivatives.</summary>
    public required Func<Point, Hessian> Hessian { get; init; }

    /// <summary>The loss above the minimum.</summary>
    public double Gap(Point p) => Value(p) - Value(Minima[0]);

    /// <summary>The minimum closest to a point.</summary>
    public Point Nearest(Point p) => Minima.MinBy(m => (m - p).Length);
}
