using FineTune.Engine;
using FineTune.Optimize.Rules;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>Runs rules over vectors that are laid out as the gradient: each part of them by the rule of its own.</summary>
internal sealed class Passes
{
    // Elements a task: 256 KiB an array, enough to hide the cost of a task, little enough to balance threads.
    private const int Chunk = 1 << 16;

    private readonly (int Part, long Offset, int Length)[] _chunks;
    private readonly int _parts;
    private readonly bool _cpu;

    /// <param name="vector">The parameters.</param>
    /// <param name="parts">Ranges of w of each part.</param>
    public Passes(ParameterVector vector, IReadOnlyList<IEnumerable<(long Offset, long End)>> parts)
    {
        _cpu = vector.W.device_type == DeviceType.CPU;
        _parts = parts.Count;
        _chunks = [.. parts.SelectMany((p, k) => p.SelectMany(r => Split(k, r.Offset - vector.Line, r.End - vector.Line)))];
    }

    /// <summary>One step of every part.</summary>
    /// <param name="rules">The rule of each part.</param>
    /// <param name="w">What is changed.</param>
    /// <param name="g">What is read.</param>
    /// <param name="slots">What the rules remember.</param>
    public void Run<R>(R[] rules, Tensor w, Tensor g, Tensor[] slots)
        where R : struct, IRule
    {
        if (_cpu)
            Each(k => Step(_chunks[k], rules, w, g, slots));
        else
            StepTensors(rules, w, g, slots);
    }

    /// <summary>The Euclidean norm of each part.</summary>
    public double[] Norms(Tensor x)
    {
        var squares = new double[_chunks.Length];
        if (_cpu)
            Each(k => squares[k] = Sweep.SumOfSquares(Span(x, _chunks[k])));
        else
            SquareTensors(x, squares);
        var norms = new double[_parts];
        for (var k = 0; k < squares.Length; k++)
            norms[_chunks[k].Part] += squares[k];
        return [.. norms.Select(Math.Sqrt)];
    }

    private static void Step<R>((int Part, long Offset, int Length) chunk, R[] rules, Tensor w, Tensor g, Tensor[] slots)
        where R : struct, IRule
    {
        Sweep.Run(rules[chunk.Part], Span(w, chunk), Span(g, chunk), Slot(0), Slot(1), Slot(2), Slot(3));

        Span<float> Slot(int n) => n < slots.Length ? Span(slots[n], chunk) : [];
    }

    private static Span<float> Span(Tensor x, (int Part, long Offset, int Length) chunk) =>
        ParameterVector.Floats(x).Slice((int)chunk.Offset, chunk.Length);

    private void Each(Action<int> chunk)
    {
        if (_chunks.Length > 1 && _chunks.Sum(c => (long)c.Length) > Chunk)
        {
            Parallel.For(0, _chunks.Length, chunk);
            return;
        }

        for (var k = 0; k < _chunks.Length; k++)
            chunk(k);
    }

    private void StepTensors<R>(R[] rules, Tensor w, Tensor g, Tensor[] slots)
        where R : struct, IRule
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (part, offset, length) in _chunks)
        {
            TensorSweep.Run(
                rules[part], w.narrow(0, offset, length), g.narrow(0, offset, length), [.. slots.Select(s => s.narrow(0, offset, length))]);
        }
    }

    private void SquareTensors(Tensor x, double[] squares)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        for (var k = 0; k < squares.Length; k++)
            squares[k] = x.narrow(0, _chunks[k].Offset, _chunks[k].Length).to(ScalarType.Float64).Power(2).sum().cpu().item<double>();
    }

    private IEnumerable<(int Part, long Offset, int Length)> Split(int part, long offset, long end)
    {
        var step = _cpu ? Chunk : end - offset;
        for (var o = offset; o < end; o += step)
            yield return (part, o, (int)Math.Min(step, end - o));
    }
}
