namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// Newton's method on Hessian-vector products: H d = -g by conjugate gradients, as exactly as is worth it, and no further than
/// the curvature is positive (Nocedal and Wright 2006, algorithm 7.1).
/// </summary>
/// <param name="iterations">Products a step, at most; at least 1. Default 100.</param>
public sealed class NewtonCgMethod(int iterations = NewtonCgMethod.DefaultIterations) : SecondOrderMethod
{
    /// <summary>Products a step by default.</summary>
    public const int DefaultIterations = 100;

    /// <inheritdoc/>
    public override void Direction(IObjective objective, LinePoint at, Span<double> direction)
    {
        using var hessian = objective.Hessian(at.X);
        var norm = Doubles.Norm(at.Gradient);
        var tolerance = Math.Min(0.5, Math.Sqrt(norm)) * norm;
        var r = (double[])at.Gradient.Clone();
        var p = new double[r.Length];
        Doubles.Negate(r, p);
        direction.Clear();
        var hp = new double[r.Length];
        var rr = Doubles.Dot(r, r);
        for (var k = 0; k < iterations; k++)
        {
            hessian.Multiply(p, hp);
            var curvature = Doubles.Dot(p, hp);
            if (!(curvature > 0))
            {
                if (k == 0)
                    p.CopyTo(direction); // down the gradient, where the surface bends away
                return;
            }

            var a = rr / curvature;
            Doubles.AddScaled(direction, a, p);
            Doubles.AddScaled(r, a, hp);
            var next = Doubles.Dot(r, r);
            if (Math.Sqrt(next) <= tolerance)
                return;
            Doubles.Scale(p, next / rr);
            Doubles.AddScaled(p, -1, r);
            rr = next;
        }
    }
}
