namespace FineTune.Diagnose.Race;

/// <summary>
/// Newton's method, undamped: w -= lr H^-1 g. It lands on the minimum of a quadratic in one step, and on a saddle as gladly.
/// </summary>
internal sealed class NewtonRacer(double lr) : IRacer
{
    public Point Next(Point p, Point gradient, Func<Point, Hessian> hessian) => p - (lr * hessian(p).Solve(gradient));
}
