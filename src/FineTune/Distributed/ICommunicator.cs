using static TorchSharp.torch;

namespace FineTune.Distributed;

/// <summary>
/// The processes of one run, each of them a rank, and what passes between them. Every call is collective: each rank makes the same calls
/// in the same order. All ranks get the same bits.
/// </summary>
public interface ICommunicator : IDisposable
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int Size { get; }

    /// <summary>The library that carries it, and its version.</summary>
    string Carrier { get; }

    /// <summary>What this rank has spent on the others.</summary>
    RankTimes Times { get; }

    /// <summary>How long to wait for another rank at most. Default: as it was opened.</summary>
    TimeSpan Limit { get; set; }

    /// <summary>Sums a vector over the ranks in place, in an order that the library chooses.</summary>
    /// <param name="vector">Contiguous float32, of the same length on each rank.</param>
    void AllReduce(Tensor vector);

    /// <summary>Part r of what this rank has goes to rank r.</summary>
    /// <param name="mine">Contiguous: [Size, ...].</param>
    /// <param name="theirs">Of the same shape and type: row r becomes what rank r had for this one.</param>
    void AllToAll(Tensor mine, Tensor theirs);

    /// <summary>What each rank has goes to all.</summary>
    /// <param name="mine">Contiguous: [...].</param>
    /// <param name="all">[Size, ...]: row r becomes what rank r has.</param>
    void AllGather(Tensor mine, Tensor all);

    /// <summary>The values of rank 0 replace those of the others.</summary>
    /// <param name="tensor">Contiguous, of the same shape on each rank.</param>
    void Broadcast(Tensor tensor);

    /// <summary>A few bytes of each rank for all: what they have to agree on.</summary>
    /// <param name="mine">Of any length.</param>
    /// <returns>By rank.</returns>
    byte[][] Exchange(ReadOnlySpan<byte> mine);

    /// <summary>Ends every rank's process.</summary>
    /// <param name="exitCode">What this one ends with.</param>
    void Abort(int exitCode);
}
