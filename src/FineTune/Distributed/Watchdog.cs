using System.Diagnostics;

namespace FineTune.Distributed;

/// <summary>
/// Ends a process that waits too long for another rank: a call of MPI or NCCL that waits for a rank which has died, hangs or has lost its
/// network does not come back by itself.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly Action<string> _lost;
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private string? _awaited;
    private long _since;
    private TimeSpan _limit;

    /// <param name="lost">Told in one sentence, on a thread of its own, what did not come; it ends the process.</param>
    public Watchdog(Action<string> lost)
    {
        _lost = lost;
        _timer = new Timer(_ => Check(), null, Look, Look);
    }

    /// <summary>Begins to wait.</summary>
    /// <param name="awaited">For what, as the beginning of a sentence: "Rank 1 (host b)".</param>
    /// <param name="limit">How long at most; below 0: without end.</param>
    public void Begin(string awaited, TimeSpan limit)
    {
        lock (_lock)
            (_awaited, _since, _limit) = (awaited, Stopwatch.GetTimestamp(), limit);
    }

    /// <summary>It came.</summary>
    public void End()
    {
        lock (_lock)
            _awaited = null;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        string awaited;
        lock (_lock)
        {
            if (_awaited is null || _limit < TimeSpan.Zero || Stopwatch.GetElapsedTime(_since) < _limit)
                return;
            awaited = _awaited;
            _awaited = null;
        }

        _lost(FormattableString.Invariant($"{awaited} has not answered for {_limit.TotalSeconds:0} s: it has died, hangs, or has lost ")
            + "its network. The run ends here; its last checkpoint is whole, and --resume goes on from it.");
    }
}
