using FineTune.Optimize.Rules;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>Muon for matrices and filters, AdamW for what has one dimension.</summary>
internal sealed class MuonOptimizer : Optimizer
{
    private const double Beta2 = 0.999, Eps = 1e-8; // AdamW's own

    private readonly double _momentum;
    private readonly double _adamScale;
    private readonly Tensor[] _slots;
    private readonly Passes _passes;

    /// <param name="vector">The parameters.</param>
    /// <param name="groups">How each is trained.</param>
    /// <param name="momentum">Decay of the average gradient of both.</param>
    /// <param name="adamScale">Factor on the learning rate of what AdamW trains.</param>
    public MuonOptimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, double momentum, double adamScale)
        : base(vector, groups)
    {
        (_momentum, _adamScale) = (momentum, adamScale);
        _slots = [.. AdamW.Slots.Select(Remember)];
        _passes = new Passes(vector, [.. groups.Select(g => g.Segments.Where(s => s.Shape.Length < 2).Select(s => (s.Offset, s.End)))]);
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        T++;
        var mu = Momentum ?? _momentum;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var w = TrainableWeights();
        foreach (var group in Groups)
        {
            var rule = new Muon(lr * group.LrScale, mu, group.WeightDecay);
            foreach (var s in group.Segments.Where(s => s.Shape.Length > 1))
            {
                using var layer = NewDisposeScope();
                rule.Step(Matrix(w, s), Matrix(Vector.G, s), Matrix(_slots[0], s));
            }
        }

        _passes.Run([.. Groups.Select(g => new AdamW(_adamScale * lr * g.LrScale, mu, Beta2, Eps, g.WeightDecay, T))], w, Vector.G, _slots);
    }

    private Tensor Matrix(Tensor vector, Segment s) => vector.narrow(0, s.Offset - Vector.Line, s.Length).view(s.Shape);
}
