using static TorchSharp.torch;

namespace FineTune.Distributed;

/// <summary>A run in one process: nothing passes between ranks.</summary>
public sealed class OneProcess : ICommunicator
{
    private OneProcess()
    {
    }

    /// <summary>The only one that is needed.</summary>
    public static OneProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public string Carrier => "none";

    /// <inheritdoc/>
    public RankTimes Times { get; } = new();

    /// <inheritdoc/>
    public TimeSpan Limit { get; set; } = Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    public void AllReduce(Tensor vector)
    {
    }

    /// <inheritdoc/>
    public void AllToAll(Tensor mine, Tensor theirs) => theirs.copy_(mine);

    /// <inheritdoc/>
    public void AllGather(Tensor mine, Tensor all)
    {
        using var row = all[0];
        row.copy_(mine);
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor)
    {
    }

    /// <inheritdoc/>
    public byte[][] Exchange(ReadOnlySpan<byte> mine) => [mine.ToArray()];

    /// <inheritdoc/>
    public void Abort(int exitCode) => Environment.Exit(exitCode);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
