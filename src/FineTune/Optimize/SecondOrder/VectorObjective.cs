namespace FineTune.Optimize.SecondOrder;

/// <summary>A batch's loss as a function of the trainable parameters, with weight decay as the penalty decay/2 |w|^2.</summary>
/// <param name="vector">The parameters.</param>
/// <param name="groups">Say what is decayed.</param>
/// <param name="layout">Of the vector.</param>
/// <param name="evaluate">Computes loss and gradient at the w of the moment.</param>
/// <param name="graph">Makes the loss's Hessian at the w of the moment; null: by differences.</param>
internal sealed class VectorObjective(
    ParameterVector vector,
    IReadOnlyList<ParameterGroup> groups,
    VectorLayout layout,
    Func<double> evaluate,
    Func<HessianGraph>? graph) : IObjective
{
    private readonly double[] _decay = [.. vector.TrainableSegments.SelectMany(
        s => Enumerable.Repeat(groups.First(g => g.Segments.Contains(s)).WeightDecay, (int)s.Length))];

    public int Length => layout.Length;

    /// <summary>The loss is a float32 mean over a batch: a few units in the last of its 24 bits.</summary>
    public double Precision => 1e-6;

    public double Evaluate(Span<double> x, Span<double> gradient)
    {
        Move(x);
        var value = evaluate();
        layout.Gather(vector.G, gradient);
        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i] += _decay[i] * x[i];
            value += 0.5 * _decay[i] * x[i] * x[i];
        }

        return value;
    }

    public IHessian Hessian(ReadOnlySpan<double> x)
    {
        if (graph is null)
            return new DifferenceHessian(this, x.ToArray());
        Move(x.ToArray());
        return new Penalised(graph(), _decay);
    }

    /// <summary>Puts the parameters at x, which is rounded to float32.</summary>
    public void Move(Span<double> x)
    {
        using var w = vector.W.narrow(0, vector.Line, vector.Trainable);
        layout.Scatter(x, w);
    }

    private sealed class Penalised(HessianGraph loss, double[] decay) : IHessian
    {
        public void Multiply(ReadOnlySpan<double> v, Span<double> result)
        {
            loss.Multiply(v, result);
            for (var i = 0; i < result.Length; i++)
                result[i] += decay[i] * v[i];
        }

        public void Dispose() => loss.Dispose();
    }
}
