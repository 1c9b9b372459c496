namespace FineTune.Weights;

/// <summary>
/// Held by the one process that fetches a file. The system lets go of it when the process ends, however it ends; the empty file that
/// stands for it stays.
/// </summary>
internal static class CacheLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock of a file, once no other holds it.</summary>
    /// <param name="file">The file that will be fetched.</param>
    /// <param name="waiting">Called once where another holds it.</param>
    /// <param name="stop">Ends the waiting.</param>
    public static async Task<IDisposable> Take(string file, Action waiting, CancellationToken stop)
    {
        var path = file + ".lock";
        for (var first = true; ; first = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
            {
                if (first)
                    waiting();
                await Task.Delay(Pause, stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FineTuneException($"Cannot write '{path}': {AtomicFile.Reason(e)}.", e);
            }
        }
    }
}
