namespace FineTune.Data;

/// <summary>
/// Threads that fill batches in order, image by image, and never more than a window of batches ahead of the consumer.
/// </summary>
internal sealed class Prefetcher : IDisposable
{
    private readonly PendingBatch?[] _batches;
    private readonly bool[] _ready;
    private readonly int _window;
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private int _taken;
    private int _batch;
    private int _slot;
    private bool _stopped;

    public Prefetcher(PendingBatch[] batches, int workers, int window)
    {
        (_batches, _ready, _window) = (batches, new bool[batches.Length], window);
        var images = batches.Sum(b => (long)b.Count);
        _threads = new Thread[(int)Math.Min(workers, images)];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"FineTune loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>The next batch, waiting for it; null after the last.</summary>
    public Batch? Next()
    {
        PendingBatch next;
        lock (_gate)
        {
            if (_taken == _batches.Length)
                return null;
            while (!_ready[_taken])
                Monitor.Wait(_gate);
            next = _batches[_taken]!;
            _batches[_taken++] = null;
            Monitor.PulseAll(_gate);
        }

        using (next)
            return next.Take();
    }

    /// <summary>Stops the threads, waits until they have ended, and gives back what they made.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
            thread.Join();
        foreach (var batch in _batches)
            batch?.Dispose();
    }

    private void Work()
    {
        while (Claim() is (var batch, var slot))
        {
            if (!_batches[batch]!.Fill(slot))
                continue;
            lock (_gate)
            {
                _ready[batch] = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The next slot to fill, waiting while the window is full; null when there is nothing left to do.</summary>
    private (int Batch, int Slot)? Claim()
    {
        lock (_gate)
        {
            while (!_stopped && _batch < _batches.Length && _batch >= _taken + _window)
                Monitor.Wait(_gate);
            if (_stopped || _batch == _batches.Length)
                return null;
            var claimed = (_batch, _slot);
            if (++_slot == _batches[_batch]!.Count)
                (_batch, _slot) = (_batch + 1, 0);
            return claimed;
        }
    }
}
