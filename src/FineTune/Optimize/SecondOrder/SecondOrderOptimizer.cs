using static TorchSharp.torch;

namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// One step of a second-order method a training step, on the step's batch; meant for all images at once and a small trainable
/// part. The search's lengths are its own: lr is the scale of the first step, while nothing is known, and 0 stands still.
/// </summary>
internal sealed class SecondOrderOptimizer : Optimizer
{
    private readonly VectorLayout _layout;
    private readonly SecondOrderMethod _method;
    private readonly Minimizer _minimizer;
    private readonly Tensor[] _vectors;

    /// <param name="vector">The parameters.</param>
    /// <param name="groups">Their weight decay; all have the same learning rate.</param>
    /// <param name="name">As a recipe writes it.</param>
    /// <param name="method">Makes the method for a number of parameters.</param>
    /// <exception cref="FineTuneException">A group has a learning rate of its own, or there are too many parameters.</exception>
    public SecondOrderOptimizer(
        ParameterVector vector, IReadOnlyList<ParameterGroup> groups, string name, Func<int, SecondOrderMethod> method)
        : base(vector, groups)
    {
        if (groups.FirstOrDefault(g => g.LrScale != 1) is { } scaled)
        {
            throw new FineTuneException($"{name} takes one step for all parameters, but the group '{scaled.Name}' has a learning rate of "
                + "its own; leave below_head, layer_decay and lr_scale at 1.");
        }
        _layout = new VectorLayout(vector);
        _method = method(_layout.Length);
        _minimizer = new Minimizer(_method);
        _vectors = [.. _method.Vectors.Select(v => RememberElements(v.Name, IsLaidOut(v.Values) ? vector.Trainable : v.Values.Length))];
    }

    public override IDictionary<string, double> Numbers => _method.Numbers;

    public override void Step(double lr, Func<double> evaluate)
    {
        T++;
        if (lr == 0)
            return;
        Recall();
        var objective = new VectorObjective(Vector, Groups, _layout, evaluate, Hessian);
        var x = new double[_layout.Length];
        using (var w = TrainableWeights())
            _layout.Gather(w, x);
        var at = LinePoint.At(objective, x);
        if (!double.IsFinite(at.Value) || !Doubles.AllFinite(at.Gradient))
            throw new GradientException(Doubles.Norm(at.Gradient), T);
        if (Doubles.Norm(at.Gradient) == 0)
            return;
        var next = _minimizer.Step(objective, at, lr).Point;
        objective.Move(next.X);
        if (next.Alpha == 0)
            _method.Reset(); // rounding hides what is left to gain along this direction
        Keep();
    }

    // A matrix of [n, n] is kept as it is; a vector of n elements is laid out as the gradient.
    private bool IsLaidOut(double[] values) => values.Length == _layout.Length;

    /// <summary>What is remembered is what is saved, in float32: a resumed run goes on with the same bits.</summary>
    private void Recall()
    {
        foreach (var (vector, (_, values)) in _vectors.Zip(_method.Vectors))
        {
            if (IsLaidOut(values))
            {
                _layout.Gather(vector, values);
                continue;
            }

            using var here = vector.cpu();
            var floats = ParameterVector.Floats(here);
            for (var i = 0; i < values.Length; i++)
                values[i] = floats[i];
        }
    }

    private void Keep()
    {
        foreach (var (vector, (_, values)) in _vectors.Zip(_method.Vectors))
        {
            if (IsLaidOut(values))
            {
                _layout.Scatter(values, vector);
                continue;
            }

            using var saved = tensor(values);
            using var _ = no_grad();
            vector.copy_(saved); // rounds
        }
    }
}
