using FineTune.Engine;
using FineTune.Optimize;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>
/// Tells parameter groups that an optimizer forgets from groups whose steps are too small to see: in single precision w - s is w where s is
/// below half the distance of w to the next number, as in a long warm-up.
/// </summary>
internal sealed class GroupWatch : IDisposable
{
    // A step counts as one to see where an element's lr min(1, |g|), at most this part of what any rule makes of it, is beyond rounding.
    private const double LeastPart = 1e-3;
    private const double Rounding = 1.1920929e-7; // 2^-23, of single precision

    private readonly ParameterVector _vector;
    private readonly Tensor _before; // the trainable weights before the first step
    private readonly Dictionary<ParameterGroup, int> _visible; // steps to see of the groups that have not moved yet

    /// <summary>Takes a copy of the trainable weights to compare with.</summary>
    public GroupWatch(ParameterVector vector, IEnumerable<ParameterGroup> groups)
    {
        using var _ = no_grad();
        (_vector, _before) = (vector, vector.W.narrow(0, vector.Line, vector.Trainable).clone().DetachFromDisposeScope());
        _visible = groups.Where(g => g.LrScale > 0 && g.Segments.Any(s => s.Length > 0)).ToDictionary(g => g, _ => 0);
    }

    /// <summary>A group that has not moved though it had so many steps to see; null where there is none (yet).</summary>
    /// <param name="lr">The scheduled learning rate of the step just taken, whose gradient is still there.</param>
    /// <param name="steps">How many.</param>
    public ParameterGroup? Still(double lr, int steps)
    {
        if (_visible.Count == 0)
            return null;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var group in _visible.Keys.ToArray())
        {
            if (group.Segments.Any(Moved))
                _visible.Remove(group);
            else if (group.Segments.Any(s => IsVisible(s, lr * group.LrScale)) && ++_visible[group] == steps)
                return group;
        }

        if (_visible.Count == 0)
            _before.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _before.Dispose();

    private bool Moved(Segment s) => Part(_vector.W, s.Offset, s).ne(Part(_before, s.Offset - _vector.Line, s)).any().cpu().item<bool>();

    private bool IsVisible(Segment s, double lr)
    {
        var g = Part(_vector.G, s.Offset - _vector.Line, s).abs().AtMost(1);
        var w = Part(_before, s.Offset - _vector.Line, s).abs();
        return g.Times(LeastPart * lr).gt(w.Times(Rounding)).any().cpu().item<bool>();
    }

    private static Tensor Part(Tensor vector, long offset, Segment s) => vector.narrow(0, offset, s.Length);
}
