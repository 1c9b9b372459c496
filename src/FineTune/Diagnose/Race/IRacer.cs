namespace FineTune.Diagnose.Race;

/// <summary>Goes from one point to the next, and remembers what it needs.</summary>
internal interface IRacer
{
    /// <summary>The next point.</summary>
    /// <param name="p">The point of the moment.</param>
    /// <param name="gradient">The gradient there, with its noise.</param>
    /// <param name="hessian">The second derivatives there.</param>
    Point Next(Point p, Point gradient, Func<Point, Hessian> hessian);
}
