using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>
/// When a run's test images were measured on, a line each in test-opened.jsonl: what is chosen after a look at them is not
/// measured by them any more.
/// </summary>
internal static class TestOpenings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Records an opening, and tells of earlier ones. Processes that do so at once take turns.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="time">The clock.</param>
    /// <returns>A sentence where it was opened before, or the opening cannot be recorded; else null.</returns>
    public static string? Record(RunFolder folder, TimeProvider time)
    {
        string before;
        try
        {
            if (RegularFile.Problem(folder.TestOpened) is { } problem)
                throw new IOException(problem);
            using var file = Hold(folder.TestOpened);
            using var reader = new StreamReader(file, leaveOpen: true);
            before = reader.ReadToEnd();
            var line = JsonSerializer.Serialize(new { opened = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
            file.Write(Encoding.UTF8.GetBytes((before.Length == 0 || before.EndsWith('\n') ? string.Empty : "\n") + line + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"That the test images were measured on cannot be recorded in '{folder.TestOpened}': {AtomicFile.Reason(e)}.";
        }

        var times = before.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return times.Length == 0
            ? null
            : $"The test images of '{folder.Path}' were measured on {times.Length} {(times.Length == 1 ? "time" : "times")} before, "
                + $"first on {First(times[0])}: what was chosen since is not "
                + "measured independently by them.";
    }

    /// <summary>The file, to be added to; another process that has it is waited for.</summary>
    private static FileStream Hold(string path)
    {
        for (var start = Stopwatch.GetTimestamp(); ; Thread.Sleep(10))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path)
                && Stopwatch.GetElapsedTime(start) < Patience)
            {
            }
        }
    }

    private static string First(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.GetProperty("opened").GetString()![..10];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException
            or NullReferenceException)
        {
            return "a day that is not readable any more";
        }
    }
}
