namespace FineTune.Diagnose.Race;

/// <summary>Two weights.</summary>
/// <param name="X">The first.</param>
/// <param name="Y">The second.</param>
public readonly record struct Point(double X, double Y)
{
    /// <summary>Distance to the origin.</summary>
    public double Length => Math.Sqrt(Dot(this));

    /// <summary>Whether neither is infinite or no number.</summary>
    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y);

    /// <summary>Sum.</summary>
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    /// <summary>Difference.</summary>
    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    /// <summary>Product with a number.</summary>
    public static Point operator *(double a, Point b) => new(a * b.X, a * b.Y);

    /// <summary>Inner product.</summary>
    public double Dot(Point other) => (X * other.X) + (Y * other.Y);
}
