using static TorchSharp.torch;

namespace FineTune.Distributed;

/// <summary>
/// A list divided among the ranks, in runs of whole batches: a batch has the same items, and so the same bits, on any number of ranks.
/// </summary>
/// <param name="ranks">The ranks.</param>
/// <param name="count">Items of the list.</param>
/// <param name="batch">Items of a batch.</param>
public sealed class Shares(ICommunicator ranks, int count, int batch)
{
    /// <summary>The batches of this rank.</summary>
    public Range Batches => First(ranks.Rank)..First(ranks.Rank + 1);

    /// <summary>The items of this rank.</summary>
    public Range Items => Item(ranks.Rank)..Item(ranks.Rank + 1);

    /// <summary>Whether each rank has a batch at least.</summary>
    public bool IsWorthIt => ranks.Size > 1 && All >= ranks.Size;

    private int All => (count + batch - 1) / batch;

    /// <summary>What each rank has of its items, put together on all.</summary>
    /// <param name="mine">Contiguous: a row an item of this rank.</param>
    /// <returns>[count, ...].</returns>
    public Tensor Gather(Tensor mine)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var most = Enumerable.Range(0, ranks.Size).Max(Count);
        var padded = zeros([most, .. mine.shape.Skip(1)], mine.dtype, mine.device);
        padded.narrow(0, 0, mine.size(0)).copy_(mine);
        var gathered = empty([ranks.Size, .. padded.shape], mine.dtype, mine.device);
        ranks.AllGather(padded, gathered);
        var all = empty([count, .. mine.shape.Skip(1)], mine.dtype, mine.device);
        for (var rank = 0; rank < ranks.Size; rank++)
            all.narrow(0, Item(rank), Count(rank)).copy_(gathered[rank].narrow(0, 0, Count(rank)));
        return all.DetachFromDisposeScope();
    }

    private int Count(int rank) => Item(rank + 1) - Item(rank);

    private int Item(int rank) => Math.Min(count, First(rank) * batch);

    private int First(int rank) => (int)((long)rank * All / ranks.Size);
}
