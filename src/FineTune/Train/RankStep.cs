using System.Buffers.Binary;
using System.Diagnostics;
using FineTune.Distributed;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>What the ranks of a run put together in a step: losses, hits, the gradient, and whether one was asked to stop.</summary>
/// <param name="parts">The run.</param>
internal sealed class RankStep(TrainerParts parts)
{
    private const int Head = sizeof(long) + sizeof(long) + 1; // step, right, stop

    private readonly List<Tensor> _gradients = []; // of the parts, where they are summed in order

    private ICommunicator Ranks => parts.Ranks;

    private bool InOrder => parts.Recipe.AllReduce == Recipe.Ordered || Wire != ScalarType.Float32;

    private ScalarType Wire => parts.Recipe.AllReducePrecision == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Whether this process was asked to stop.</summary>
    public Func<bool> AskedToStop { get; set; } = () => false;

    /// <summary>Whether some rank had been asked to stop by the last step: the same on all.</summary>
    public bool Stops { get; private set; }

    /// <summary>Forgets the gradients of parts, such as those of a step that failed.</summary>
    public void Forget()
    {
        foreach (var gradient in _gradients)
            gradient.Dispose();
        _gradients.Clear();
    }

    /// <summary>A part's gradient is in g.</summary>
    /// <param name="slots">Parts of a rank at most.</param>
    public void End(int slots)
    {
        if (Ranks.Size == 1 || !InOrder || slots == 1)
            return;
        using var _ = no_grad();
        _gradients.Add(parts.Vector.G.clone().DetachFromDisposeScope());
        parts.Vector.ZeroGradient();
    }

    /// <summary>Sums the gradient over the ranks.</summary>
    /// <param name="slots">Parts of a rank at most.</param>
    public void Sum(int slots)
    {
        if (Ranks.Size == 1)
            return;
        var begun = Stopwatch.GetTimestamp();
        if (InOrder)
            SumInOrder(slots);
        else
            Ranks.AllReduce(parts.Vector.G);
        Ranks.Times.AllReduce += Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private void SumInOrder(int slots)
    {
        while (slots > 1 && _gradients.Count < slots)
            _gradients.Add(zeros_like(parts.Vector.G).DetachFromDisposeScope());
        OrderedSum.Sum(Ranks, slots > 1 ? _gradients : [parts.Vector.G], parts.Vector.G, Wire);
        Forget();
    }

    /// <summary>The loss and the hits of all ranks.</summary>
    /// <param name="step">Steps already taken.</param>
    /// <param name="losses">Of this rank's parts.</param>
    /// <param name="right">Its hits.</param>
    /// <exception cref="FineTuneException">The ranks are at different steps.</exception>
    public (double Loss, long Right) Agree(long step, IReadOnlyList<double> losses, long right)
    {
        if (Ranks.Size == 1)
            return (losses.Sum(), right);
        var mine = new byte[Head + (sizeof(double) * losses.Count)];
        BinaryPrimitives.WriteInt64LittleEndian(mine, step);
        BinaryPrimitives.WriteInt64LittleEndian(mine.AsSpan(sizeof(long)), right);
        mine[Head - 1] = AskedToStop() ? (byte)1 : (byte)0;
        for (var k = 0; k < losses.Count; k++)
            BinaryPrimitives.WriteDoubleLittleEndian(mine.AsSpan(Head + (sizeof(double) * k)), losses[k]);
        var (loss, hits, stops) = (0.0, 0L, false);
        var begun = Stopwatch.GetTimestamp();
        var all = Ranks.Exchange(mine);
        Ranks.Times.Waiting += Stopwatch.GetElapsedTime(begun).TotalSeconds;
        foreach (var said in all)
        {
            if (BinaryPrimitives.ReadInt64LittleEndian(said) is var other && other != step)
                throw new FineTuneException($"The ranks are at different steps: {step} and {other}.");
            hits += BinaryPrimitives.ReadInt64LittleEndian(said.AsSpan(sizeof(long)));
            stops |= said[Head - 1] == 1;
            for (var at = Head; at < said.Length; at += sizeof(double))
                loss += BinaryPrimitives.ReadDoubleLittleEndian(said.AsSpan(at));
        }

        Stops = stops;
        return (loss, hits);
    }
}
