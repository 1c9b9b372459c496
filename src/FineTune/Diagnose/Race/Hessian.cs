namespace FineTune.Diagnose.Race;

/// <summary>The second derivatives of a function of two weights.</summary>
/// <param name="Xx">Twice by x.</param>
/// <param name="Xy">By x and y.</param>
/// <param name="Yy">Twice by y.</param>
public readonly record struct Hessian(double Xx, double Xy, double Yy)
{
    /// <summary>The direction of greatest curvature, of length 1.</summary>
    public Point Steepest
    {
        get
        {
            var angle = 0.5 * Math.Atan2(2 * Xy, Xx - Yy);
            return new Point(Math.Cos(angle), Math.Sin(angle));
        }
    }

    /// <summary>H^-1 g; not finite where H has no inverse.</summary>
    public Point Solve(Point g)
    {
        var determinant = (Xx * Yy) - (Xy * Xy);
        return new Point(((Yy * g.X) - (Xy * g.Y)) / determinant, ((Xx * g.Y) - (Xy * g.X)) / determinant);
    }
}
