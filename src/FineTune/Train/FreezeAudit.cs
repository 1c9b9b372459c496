using FineTune.Optimize;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>A row of what trains and what does not.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Stages">Names of the stages it lies in.</param>
/// <param name="Count">Parameters.</param>
/// <param name="Lr">Its first learning rate at the schedule's full height; 0: frozen.</param>
/// <param name="WeightDecay">Its weight decay.</param>
/// <param name="BatchNorm">What batch norms of these stages do: "batch statistics", "inference", "statistics only", "they train", or "none".</param>
public sealed record AuditRow(string Group, IReadOnlyList<string> Stages, long Count, double Lr, double WeightDecay, string BatchNorm);

/// <summary>
/// Holds a run to its freeze line: says before the first step what trains, and looks after the first steps whether what should
/// move moved and what is frozen did not, batch-norm statistics included.
/// </summary>
public sealed class FreezeAudit : IDisposable
{
    /// <summary>Steps after which it looks.</summary>
    public const int Steps = 3;

    private readonly TrainerParts _parts;
    private readonly Tensor _weights;
    private readonly (Tensor Live, Tensor Kept)[] _statistics;
    private readonly bool[] _learned; // by stage: a gradient was seen
    private readonly Tensor? _trained; // the trainable weights before the first step; null once that was looked at, or at a resume
    private int _taken;
    private bool _stepped;

    /// <summary>Takes copies to compare with.</summary>
    /// <param name="parts">The run, before a step.</param>
    /// <param name="fresh">Whether the phase begins: then its groups are to move. In the midst of it, where steps may be too small to see, they need not.</param>
    /// <exception cref="FineTuneException">The optimizer has a frozen parameter, or the head has no learning rate.</exception>
    public FreezeAudit(TrainerParts parts, bool fresh)
    {
        _parts = parts;
        var vector = parts.Vector;
        if (parts.Optimizer.Groups.SelectMany(g => g.Segments).FirstOrDefault(s => !vector.Trains(s)) is { } held)
            throw Violation($"the optimizer holds '{held.Name}', which {Frozen(held)}");
        if (!parts.Optimizer.Groups.Any(g => g.LrScale > 0 && g.Segments.Any(s => s.Stage == Head(parts))))
            throw Violation("the head is in no group with a learning rate above 0, so it is not trained");
        _learned = new bool[parts.Network.Stages.Count];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _weights = vector.W.narrow(0, 0, vector.Segments.LastOrDefault(s => !vector.Trains(s))?.End ?? 0).clone().DetachFromDisposeScope();
        _trained = fresh ? vector.W.narrow(0, vector.Line, vector.Trainable).clone().DetachFromDisposeScope() : null;
        _statistics = [.. parts.Line.StillStatistics().Select(s => (s, s.clone().DetachFromDisposeScope()))];
    }

    /// <summary>What trains and what does not, from input to head.</summary>
    public static IReadOnlyList<AuditRow> Table(TrainerParts parts) => Table(parts.Phase, parts.Vector, parts.Optimizer.Groups);

    /// <summary>What trains in a phase and what does not, from input to head.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="vector">The parameters, the phase's line drawn.</param>
    /// <param name="groups">How its optimizer divides them.</param>
    public static IReadOnlyList<AuditRow> Table(Phase phase, ParameterVector vector, IReadOnlyList<ParameterGroup> groups)
    {
        var network = phase.Line.Network;
        var frozen = vector.Segments.Where(s => !vector.Trains(s)).ToArray();
        AuditRow Row(string name, IReadOnlyList<Segment> segments, double rate, double decay, string norms)
        {
            var stages = segments.Select(s => s.Stage).Distinct().ToArray();
            return new AuditRow(name, [.. stages.Select(k => network.Stages[k].Name)], segments.Sum(s => s.Length), rate, decay, stages.Any(k => network.Stages[k].NamedBuffers().Any()) ? norms : "none");
        }

        return
        [
            .. frozen.Length > 0 ? new[] { Row("frozen", frozen, 0, 0, FrozenNormsDo(phase.Line.Norms)) } : [],
            .. groups.Select(g => Row(g.Name, g.Segments, phase.Lr * g.LrScale, g.WeightDecay, "batch statistics")),
        ];
    }

    private static string FrozenNormsDo(FrozenNorms norms) => norms switch
    {
        FrozenNorms.Inference => "inference",
        FrozenNorms.StatisticsOnly => "statistics only",
        _ => "they train",
    };

    /// <summary>Looks at a step that was taken; the gradient is still its own.</summary>
    /// <param name="lr">The scheduled learning rate of the step.</param>
    /// <exception cref="FineTuneException">Something moved that is frozen, or what should move did not.</exception>
    public void After(double lr)
    {
        if (_taken >= Steps)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (lr > 0)
        {
            _stepped = true;
            foreach (var s in _parts.Vector.TrainableSegments.Where(s => !_learned[s.Stage]))
                _learned[s.Stage] = _parts.Vector.G.narrow(0, s.Offset - _parts.Vector.Line, s.Length).ne(0).any().cpu().item<bool>();
        }

        if (++_taken == Steps)
            Look();
    }

    /// <summary>Looks at a phase that ended before it had enough steps.</summary>
    /// <exception cref="FineTuneException">Something moved that is frozen, or what should move did not.</exception>
    public void End()
    {
        if (_taken is > 0 and < Steps)
            Look();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _trained?.Dispose();
        foreach (var (_, kept) in _statistics)
            kept.Dispose();
    }

    private void Look()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (vector, stages) = (_parts.Vector, _parts.Network.Stages);
        if (vector.Segments.FirstOrDefault(s => !vector.Trains(s) && Moved(vector.W, _weights, s.Offset, s.Length)) is { } drifted)
            throw Violation($"'{drifted.Name}' {Frozen(drifted)}, but moved within {_taken} steps");
        if (_statistics.Any(s => s.Live.ne(s.Kept).any().cpu().item<bool>()))
            throw Violation($"batch-norm statistics of frozen layers drifted within {_taken} steps");
        if (!_stepped)
            return; // a warm-up from 0
        for (var k = _parts.Line.Stage; k < stages.Count; k++)
        {
            if (!_learned[k] && vector.TrainableSegments.Any(s => s.Stage == k))
                throw Violation($"the stage '{stages[k].Name}' trains, but got no gradient in {_taken} steps");
        }

        if (_trained is null)
            return;
        var still = _parts.Optimizer.Groups.FirstOrDefault(g => g.LrScale > 0 && g.Segments.Any(s => _learned[s.Stage]) && !g.Segments.Any(s => Moved(vector.W.narrow(0, vector.Line, vector.Trainable), _trained, s.Offset - vector.Line, s.Length)));
        if (still is not null)
            throw Violation($"the group '{still.Name}' has a gradient and a learning rate, but nothing in it moved in {_taken} steps");
    }

    private string Frozen(Segment segment) => segment.Offset < _parts.Vector.Line ? "lies below the freeze line" : "is frozen by name";

    private static bool Moved(Tensor now, Tensor before, long offset, long length) =>
        length > 0 && now.narrow(0, offset, length).ne(before.narrow(0, offset, length)).any().cpu().item<bool>();

    private static int Head(TrainerParts parts) => parts.Network.Stages.Count - 1;

    private static FineTuneException Violation(string what) => new($"The freeze audit stops the run: {what}.");
}
