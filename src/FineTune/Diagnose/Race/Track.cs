namespace FineTune.Diagnose.Race;

/// <summary>Where a rule went, and what that shows.</summary>
/// <param name="Name">The rule, with the options that were given.</param>
/// <param name="Lr">Its learning rate.</param>
/// <param name="Surface">Where it raced.</param>
/// <param name="Points">The start, then a point a step; the last is the one after which it was stopped.</param>
/// <param name="Tolerance">Part of the start's loss above the minimum at which it has arrived.</param>
public sealed record Track(string Name, double Lr, Surface Surface, IReadOnlyList<Point> Points, double Tolerance)
{
    private const double TooHigh = 1e6; // times the loss at the start

    /// <summary>The first step within the tolerance; null if there was none.</summary>
    public int? StepsToTolerance
    {
        get
        {
            for (var k = 0; k < Points.Count; k++)
            {
                if (Surface.Gap(Points[k]) <= Tolerance * Surface.Gap(Points[0]))
                    return k;
            }

            return null;
        }
    }

    /// <summary>How it ended.</summary>
    public Outcome Outcome
    {
        get
        {
            if (IsLost(Surface, Points[^1]))
                return Outcome.Diverged;
            if (StepsToTolerance is not null)
                return Outcome.Arrived;
            var tail = Points.TakeLast(Math.Max(2, Points.Count / 10)).ToArray();
            return (tail[^1] - tail[0]).Length < 0.01 * (Surface.Nearest(tail[^1]) - tail[^1]).Length ? Outcome.Stuck : Outcome.Underway;
        }
    }

    /// <summary>
    /// How often it crossed the floor of the valley: sign changes of the coordinate along the steepest direction at the minimum.
    /// </summary>
    public int Crossings
    {
        get
        {
            var steep = Across().Where(s => s != 0).ToArray();
            return steep.Skip(1).Where((s, k) => s * steep[k] < 0).Count();
        }
    }

    /// <summary>
    /// How far it went beyond the minimum along the flat direction, as a part of the way from the start; 0 where it never did.
    /// </summary>
    public double Overshoot
    {
        get
        {
            var along = Along().ToArray();
            return along[0] == 0 ? 0 : Math.Max(0, along.Where(double.IsFinite).Max(a => -a / along[0]));
        }
    }

    /// <summary>Loss above the minimum at the end.</summary>
    public double Gap => Surface.Gap(Points[^1]);

    /// <summary>Length of each step.</summary>
    public IEnumerable<double> StepLengths => Points.Skip(1).Select((p, k) => (p - Points[k]).Length);

    /// <summary>Coordinate along the steepest direction at the minimum, from the minimum, at each point.</summary>
    public IEnumerable<double> Across()
    {
        var (m, steep) = Frame();
        return Points.Select(p => (p - m).Dot(steep));
    }

    /// <summary>Coordinate along the flattest direction at the minimum, from the minimum, at each point.</summary>
    public IEnumerable<double> Along()
    {
        var (m, steep) = Frame();
        return Points.Select(p => (p - m).Dot(new Point(-steep.Y, steep.X)));
    }

    internal static bool IsLost(Surface surface, Point p) => !p.IsFinite || !(surface.Gap(p) <= TooHigh * surface.Gap(surface.Start));

    private (Point Minimum, Point Steep) Frame()
    {
        var m = Surface.Nearest(Points[^1].IsFinite ? Points[^1] : Points[0]);
        return (m, Surface.Hessian(m).Steepest);
    }
}
