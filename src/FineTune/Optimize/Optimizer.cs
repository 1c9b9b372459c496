using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>What a rule is made from at each step: the numbers of one parameter group.</summary>
/// <param name="Lr">Learning rate of the group at this step.</param>
/// <param name="WeightDecay">Weight decay of the group.</param>
/// <param name="T">The step, from 1.</param>
/// <param name="Momentum">The scheduled momentum, for rules that have one (or a beta1); null: the rule's own.</param>
public readonly record struct StepContext(double Lr, double WeightDecay, long T, double? Momentum = null);

/// <summary>
/// Moves the trainable part of a parameter vector along its gradient. What it remembers is vectors, laid out as the
/// gradient, and a few numbers, each under its name: together its whole state.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly List<(string Name, Tensor Vector)> _state = [];

    private protected Optimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups)
    {
        (Vector, Groups) = (vector, groups);
        var uncovered = vector.TrainableSegments.Except(groups.SelectMany(g => g.Segments)).Select(s => s.Name).ToArray();
        if (uncovered.Length > 0)
        {
            throw new FineTuneException(
                $"Every trainable parameter belongs to one group, but no group has: {string.Join(", ", uncovered)}.");
        }
    }

    /// <summary>The parameters.</summary>
    public ParameterVector Vector { get; }

    /// <summary>How each segment is trained.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>
    /// What it remembers, by name: [Trainable] float32 each, laid out as the gradient; a matrix over all parameters is flat.
    /// </summary>
    public virtual IReadOnlyList<(string Name, Tensor Vector)> State => _state;

    /// <summary>Numbers that it remembers beside the vectors, by name.</summary>
    public virtual IDictionary<string, double> Numbers { get; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Steps taken.</summary>
    public virtual long T { get; set; }

    /// <summary>The scheduled momentum of the next step, for rules that have one (or a beta1); null: the rule's own.</summary>
    public virtual double? Momentum { get; set; }

    /// <summary>Weights to measure and keep in place of w, where it averages them: [Trainable]; else null.</summary>
    public virtual Tensor? Averaged => null;

    /// <summary>
    /// Batch-norm statistics that belong to <see cref="Averaged"/>, averaged in the same way: those of the last step are of other weights.
    /// Null where it averages none, or the network has none.
    /// </summary>
    public virtual Tensor? AveragedStatistics => null;

    /// <summary>
    /// Makes the exact Hessian at the w of the moment, on the step's batch; null where the caller has no graph. For rules that use
    /// curvature.
    /// </summary>
    public virtual Func<HessianGraph>? Hessian { get; set; }

    /// <summary>One step. The gradient at w is in <see cref="ParameterVector.G"/>.</summary>
    /// <param name="lr">The scheduled learning rate, before a group's factor.</param>
    /// <param name="evaluate">
    /// Computes loss and gradient again, at the w of the moment, on the same batch: for rules that look more than once.
    /// </param>
    public abstract void Step(double lr, Func<double> evaluate);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var (_, v) in _state)
            v.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new vector of zeros, laid out as the gradient, that belongs to the state.</summary>
    private protected Tensor Remember(string name) => RememberElements(name, Vector.Trainable);

    /// <summary>A new vector of so many zeros that belongs to the state.</summary>
    private protected Tensor RememberElements(string name, long length)
    {
        var vector = zeros([length], ScalarType.Float32, Vector.W.device).DetachFromDisposeScope();
        _state.Add((name, vector));
        return vector;
    }

    /// <summary>A new vector of zeros for batch-norm statistics that belongs to the state; null where the network has none.</summary>
    private protected Tensor? RememberStatistics(string name) =>
        Vector.Statistics.numel() is > 0 and var n ? RememberElements(name, n) : null;

    /// <summary>The trainable part of w, a view for the scope of the moment.</summary>
    private protected Tensor TrainableWeights() => Vector.W.narrow(0, Vector.Line, Vector.Trainable);
}
