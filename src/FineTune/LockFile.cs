namespace FineTune;

/// <summary>A file that one process holds at a time. It stays when it is given back; what a killed process held is free.</summary>
internal static class LockFile
{
    private const int Pause = 10; // milliseconds
    private const int Linux = 11, MacOs = 35, Sharing = 32, Locked = 33; // EWOULDBLOCK, and Windows' two errors

    /// <summary>Holds a file.</summary>
    /// <param name="path">It is made if it is not there; its folder is.</param>
    /// <returns>To be given back; null where another process has it.</returns>
    /// <exception cref="FineTuneException">The folder cannot be written, or something else lies there.</exception>
    public static IDisposable? TryHold(string path)
    {
        if (RegularFile.Problem(path) is { } problem)
            throw new FineTuneException($"'{path}' cannot be opened: {problem}; remove it.");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is Linux or MacOs or Sharing or Locked)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{path}' cannot be written: {AtomicFile.Reason(e)}.", e);
        }
    }

    /// <summary>Whether files of a folder can be held: not every network file system has locks.</summary>
    /// <param name="folder">It is there.</param>
    /// <exception cref="FineTuneException">It cannot be written.</exception>
    public static bool WorksIn(string folder)
    {
        var path = Path.Combine(folder, $"probe-{Environment.MachineName}-{Environment.ProcessId}");
        using var first = TryHold(path);
        using var second = TryHold(path); // another process would see the same
        File.Delete(path);
        return second is null;
    }

    /// <summary>Holds a file, however long another process does.</summary>
    /// <param name="path">It is made if it is not there; its folder is.</param>
    /// <exception cref="FineTuneException">It cannot be written.</exception>
    public static IDisposable Hold(string path)
    {
        while (true)
        {
            if (TryHold(path) is { } held)
                return held;
            Thread.Sleep(Pause);
        }
    }
}
