using FineTune.Optimize.Rules;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>An optimizer that applies a rule to each element by itself.</summary>
internal sealed class ElementwiseOptimizer<R> : Optimizer
    where R : struct, IRule
{
    // Elements a task: 256 KiB an array, enough to hide the cost of a task, little enough to balance threads.
    private const int Chunk = 1 << 16;

    private readonly Func<StepContext, R> _rule;
    private readonly Tensor[] _slots;
    private readonly (int Group, long Offset, int Length)[] _chunks;

    public ElementwiseOptimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, Func<StepContext, R> rule)
        : base(vector, groups)
    {
        _rule = rule;
        _slots = [.. R.Slots.Select(Remember)];
        _chunks = [.. groups.SelectMany((g, k) => g.Runs().SelectMany(r => Split(k, r)))];
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        T++;
        var rules = Groups.Select(g => _rule(new StepContext(lr * g.LrScale, g.WeightDecay, T, Momentum))).ToArray();
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

            Span<float> Slot(int n) => n < _slots.Length ? ParameterVector.Floats(_slots[n]).Slice(at, length) : [];
        }
    }

    private void StepTensors(R[] rules)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (group, offset, length) in _chunks)
            TensorSweep.Run(rules[group], Vector.W.narrow(0, offset, length), Vector.G.narrow(0, offset - Vector.Line, length), [.. _slots.Select(s => s.narrow(0, offset - Vector.Line, length))]);
    }

    private IEnumerable<(int Group, long Offset, int Length)> Split(int group, (long Offset, long End) run)
    {
        var step = Vector.W.device_type == DeviceType.CPU ? Chunk : run.End - run.Offset;
        for (var o = run.Offset; o < run.End; o += step)
            yield return (group, o, (int)Math.Min(step, run.End - o));
    }
}
