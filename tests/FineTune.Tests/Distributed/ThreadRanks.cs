using System.Runtime.ExceptionServices;
using FineTune.Distributed;
using static TorchSharp.torch;

namespace FineTune.Tests.Distributed;

/// <summary>Ranks that are threads of this process: what passes between them lies in its memory.</summary>
internal sealed class ThreadRanks : ICommunicator
{
    private readonly Barrier _barrier;
    private readonly object?[] _slots;

    private ThreadRanks(int rank, Barrier barrier, object?[] slots) => (Rank, _barrier, _slots) = (rank, barrier, slots);

    public int Rank { get; }

    public int Size => _slots.Length;

    public string Carrier => "threads";

    public RankTimes Times { get; } = new();

    public TimeSpan Limit { get; set; }

    /// <summary>Runs the same on each rank.</summary>
    public static T[] Run<T>(int size, Func<ICommunicator, T> work)
    {
        using var barrier = new Barrier(size);
        var (slots, results, failures) = (new object?[size], new T[size], new ExceptionDispatchInfo?[size]);
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadRanks(rank, barrier, slots));
            }
            catch (Exception e)
            {
                failures[rank] = ExceptionDispatchInfo.Capture(e);
                barrier.RemoveParticipant();
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        failures.FirstOrDefault(f => f is not null)?.Throw();
        return results;
    }

    /// <summary>The last rank first, so that an order which is not asked for is not had by chance.</summary>
    public void AllReduce(Tensor vector)
    {
        var all = Share(vector.clone());
        using var _ = no_grad();
        vector.zero_();
        foreach (var other in all.Reverse())
            vector.add_((Tensor)other!);
        _barrier.SignalAndWait();
    }

    public void AllToAll(Tensor mine, Tensor theirs)
    {
        var all = Share(mine);
        for (var rank = 0; rank < Size; rank++)
            theirs[rank].copy_(((Tensor)all[rank]!)[Rank]);
        _barrier.SignalAndWait();
    }

    public void AllGather(Tensor mine, Tensor all)
    {
        var each = Share(mine);
        for (var rank = 0; rank < Size; rank++)
            all[rank].copy_((Tensor)each[rank]!);
        _barrier.SignalAndWait();
    }

    public void Broadcast(Tensor tensor)
    {
        var all = Share(tensor.clone());
        using var _ = no_grad();
        tensor.copy_((Tensor)all[0]!);
        _barrier.SignalAndWait();
    }

    public byte[][] Exchange(ReadOnlySpan<byte> mine)
    {
        var all = Share(mine.ToArray()).Select(b => (byte[])b!).ToArray();
        _barrier.SignalAndWait();
        return all;
    }

    public void Abort(int exitCode) => throw new InvalidOperationException();

    public void Dispose()
    {
    }

    private object?[] Share(object mine)
    {
        _slots[Rank] = mine;
        _barrier.SignalAndWait();
        return [.. _slots];
    }
}
