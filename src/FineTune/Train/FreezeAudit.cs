using FineTune.Engine;
using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>A row of what trains and what does not.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Stages">Names of the stages it lies in.</param>
/// <param name="Count">Parameters.</param>
/// <param name="Lr">Its first learning rate at the schedule's full height; 0: frozen.</param>
/// <param name="WeightDecay">Its weight decay.</param>
/// <param name="BatchNorm">
/// What batch norms of these stages do: "batch statistics", "running statistics", "inference", "statistics only", "they train",
/// or "none".
/// </param>
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
    private readonly GroupWatch? _groups; // null at a resume, and with a line search
    private int _taken;
    private int _stepped; // with a learning rate

    /// <summary>Takes copies to compare with.</summary>
    /// <param name="parts">The run, before a step.</param>
    /// <param name="fresh">
    /// Whether the phase begins: then its groups are to move. In the midst of it, where steps may be too small to see, they need
    /// not.
    /// </param>
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
        // a line search that finds no lower loss rightly moves nothing
        var searches = SecondOrderTable.Rows.Any(r => r.Name == parts.Phase.Optimizer.Name);
        _groups = fresh && !searches ? new GroupWatch(vector, parts.Optimizer.Groups) : null;
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
            return new AuditRow(name, [.. stages.Select(k => network.Stages[k].Name)], segments.Sum(s => s.Length), rate, decay,
                stages.Any(k => network.Stages[k].NamedBuffers().Any()) ? norms : "none");
        }

        return
        [
            .. frozen.Length > 0 ? new[] { Row("frozen", frozen, 0, 0, FrozenNormsDo(phase.Line.Norms)) } : [],
            .. groups.Select(g => Row(g.Name, g.Segments, phase.Lr * g.LrScale, g.WeightDecay,
                phase.Line.Norms == FrozenNorms.Frozen ? "running statistics" : "batch statistics")),
        ];
    }

    private static string FrozenNormsDo(FrozenNorms norms) => norms switch
    {
        FrozenNorms.Inference or FrozenNorms.Frozen => "inference",
        FrozenNorms.StatisticsOnly => "statistics only",
        _ => "they train",
    };

    /// <summary>Looks at a step that was taken; the gradient is still its own.</summary>
    /// <param name="lr">The scheduled learning rate of the step.</param>
    /// <exception cref="FineTuneException">Something moved that is frozen, or what should move did not.</exception>
    public void After(double lr)
    {
        if (_taken < Steps && ++_taken == Steps)
            LookBelow();
        if (lr > 0)
            AfterMove(lr);
    }

    /// <summary>Looks at a phase that ended before it had enough steps.</summary>
    /// <exception cref="FineTuneException">Something moved that is frozen, or what should move did not.</exception>
    public void End()
    {
        if (_taken is > 0 and < Steps)
            LookBelow();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _groups?.Dispose();
        foreach (var (_, kept) in _statistics)
            kept.Dispose();
    }

    /// <summary>What is frozen is where it was.</summary>
    private void LookBelow()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var vector = _parts.Vector;
        if (vector.Segments.FirstOrDefault(s => !vector.Trains(s) && Moved(vector.W, _weights, s.Offset, s.Length)) is { } drifted)
            throw Violation($"'{drifted.Name}' {Frozen(drifted)}, but moved within {_taken} steps");
        if (_statistics.Any(s => s.Live.ne(s.Kept).any().cpu().item<bool>()))
            throw Violation($"batch-norm statistics of frozen layers drifted within {_taken} steps");
    }

    /// <summary>What trains has a gradient, and moves by it: looked at until it was seen.</summary>
    private void AfterMove(double lr)
    {
        var vector = _parts.Vector;
        if (_stepped < Steps)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            foreach (var s in vector.TrainableSegments.Where(s => !_learned[s.Stage]))
                _learned[s.Stage] = vector.G.narrow(0, s.Offset - vector.Line, s.Length).abs().IsAbove(0).any().cpu().item<bool>();
            if (++_stepped == Steps && vector.TrainableSegments.FirstOrDefault(s => !_learned[s.Stage]) is { } idle)
                throw Violation($"the stage '{_parts.Network.Stages[idle.Stage].Name}' trains, but got no gradient in {Steps} steps");
        }

        if (_groups?.Still(lr, Steps) is { } still)
            throw Violation($"the group '{still.Name}' has a gradient and a learning rate, but nothing in it moved in {Steps} steps");
    }

    private string Frozen(Segment segment) => segment.Offset < _parts.Vector.Line ? "lies below the freeze line" : "is frozen by name";

    private static bool Moved(Tensor now, Tensor before, long offset, long length) =>
        length > 0 && now.narrow(0, offset, length).ne(before.narrow(0, offset, length)).any().cpu().item<bool>();

    private static int Head(TrainerParts parts) => parts.Network.Stages.Count - 1;

    private static FineTuneException Violation(string what) => new($"The freeze audit stops the run: {what}.");
}
