using FineTune.Optimize;

namespace FineTune.Diagnose.Race;

/// <summary>A row of the table of optimizers: the text of the rule that trains, in double precision.</summary>
internal sealed class RuleRacer(IStepper rule, double lr) : IRacer
{
    public Point Next(Point p, Point gradient, Func<Point, Hessian> hessian)
    {
        double[] w = [p.X, p.Y];
        rule.Step(w, [gradient.X, gradient.Y], lr);
        return new Point(w[0], w[1]);
    }
}
