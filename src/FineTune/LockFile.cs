using System.Diagnostics;

namespace FineTune;

/// <summary>A file that one process holds at a time. It stays when it is given back; what a killed process held is free.</summary>
internal static class LockFile
{
    private const int Pause = 10; // milliseconds
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

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
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{path}' cannot be written: {AtomicFile.Reason(e)}.", e);
        }
    }

    /// <summary>Holds a file that others hold for moments.</summary>
    /// <param name="path">It is made if it is not there; its folder is.</param>
    /// <exception cref="FineTuneException">Another process has it for too long, or it cannot be written.</exception>
    public static IDisposable Hold(string path)
    {
        for (var start = Stopwatch.GetTimestamp(); ; Thread.Sleep(Pause))
        {
            if (TryHold(path) is { } held)
                return held;
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new FineTuneException($"Another process has held '{path}' for {Patience.TotalMinutes:0} minutes; wait for it, or stop it.");
        }
    }
}
