using FineTune.Optimize.Rules;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>What a rule is made from at each step: the numbers of one parameter group.</summary>
/// <param name="Lr">Learning rate of the group at this step.</param>
/// <param name="WeightDecay">Weight decay of the group.</param>
/// <param name="T">The step, from 1.</param>
public readonly record struct StepContext(double Lr, double WeightDecay, long T);

/// <summary>Moves the trainable part of a parameter vector along its gradient. Its state is a vector a slot of the rule.</summary>
public abstract class Optimizer : IDisposable
{
    private protected Optimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, IReadOnlyList<string> slots)
    {
        (Vector, Groups, StateNames) = (vector, groups, slots);
        State = [.. slots.Select(_ => zeros([vector.Trainable], ScalarType.Float32, vector.W.device).DetachFromDisposeScope())];
        var uncovered = vector.TrainableSegments.Except(groups.SelectMany(g => g.Segments)).Select(s => s.Name).ToArray();
        if (uncovered.Length > 0)
            throw new FineTuneException($"Every trainable parameter belongs to one group, but no group has: {string.Join(", ", uncovered)}.");
    }

    /// <summary>The parameters.</summary>
    public ParameterVector Vector { get; }

    /// <summary>How each segment is trained.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Names of what the rule remembers a weight.</summary>
    public IReadOnlyList<string> StateNames { get; }

    /// <summary>What the rule remembers: [Trainable] float32 a name, laid out as the gradient.</summary>
    public IReadOnlyList<Tensor> State { get; }

    /// <summary>Steps taken.</summary>
    public long T { get; set; }

    /// <summary>One step.</summary>
    /// <param name="lr">The scheduled learning rate, before a group's factor.</param>
    public abstract void Step(double lr);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var s in State)
            s.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>An optimizer that applies a rule to each element.</summary>
internal sealed class Optimizer<R> : Optimizer
    where R : struct, IRule
{
    // Elements a task: 256 KiB an array, enough to hide the cost of a task, little enough to balance threads.
    private const int Chunk = 1 << 16;

    private readonly Func<StepContext, R> _rule;
    private readonly (int Group, long Offset, int Length)[] _chunks;

    public Optimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, Func<StepContext, R> rule)
        : base(vector, groups, R.Slots)
    {
        _rule = rule;
        _chunks = [.. groups.SelectMany((g, k) => Runs(g.Segments).SelectMany(r => Split(k, r)))];
    }

    public override void Step(double lr)
    {
        T++;
        var rules = Groups.Select(g => _rule(new StepContext(lr * g.LrScale, g.WeightDecay, T))).ToArray();
        if (Vector.W.device_type != DeviceType.CPU)
            StepTensors(rules);
        else if (Vector.Trainable <= Chunk)
            StepChunks(rules, 0, _chunks.Length);
        else
            Parallel.For(0, _chunks.Length, k => StepChunks(rules, k, k + 1));
    }

    private void StepChunks(R[] rules, int first, int end)
    {
        var w = ParameterVector.Floats(Vector.W)[(int)Vector.Line..];
        var g = ParameterVector.Floats(Vector.G);
        for (var k = first; k < end; k++)
        {
            var (group, offset, length) = _chunks[k];
            var at = (int)(offset - Vector.Line);
            Sweep.Run(rules[group], w.Slice(at, length), g.Slice(at, length), Slot(0), Slot(1), Slot(2), Slot(3));

            Span<float> Slot(int n) => n < State.Count ? ParameterVector.Floats(State[n]).Slice(at, length) : [];
        }
    }

    private void StepTensors(R[] rules)
    {
        using var _ = no_grad();
        foreach (var (group, offset, length) in _chunks)
            TensorSweep.Run(rules[group], Vector.W.narrow(0, offset, length), Vector.G.narrow(0, offset - Vector.Line, length), [.. State.Select(s => s.narrow(0, offset - Vector.Line, length))]);
    }

    /// <summary>Neighbouring segments as one range.</summary>
    private static IEnumerable<(long Offset, long End)> Runs(IReadOnlyList<Segment> segments)
    {
        var (start, end) = (-1L, -1L);
        foreach (var s in segments.OrderBy(s => s.Offset))
        {
            if (s.Offset != end)
            {
                if (end > start)
                    yield return (start, end);
                start = s.Offset;
            }

            end = s.End;
        }

        if (end > start)
            yield return (start, end);
    }

    private IEnumerable<(int Group, long Offset, int Length)> Split(int group, (long Offset, long End) run)
    {
        var step = Vector.W.device_type == DeviceType.CPU ? Chunk : run.End - run.Offset;
        for (var o = run.Offset; o < run.End; o += step)
            yield return (group, o, (int)Math.Min(step, run.End - o));
    }
}
