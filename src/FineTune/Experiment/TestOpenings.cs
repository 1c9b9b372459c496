using System.Globalization;
using System.Text.Json;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>
/// When a run's test images were measured on, a line each in test-opened.jsonl: what is chosen after a look at them is not measured by them any
/// more.
/// </summary>
internal static class TestOpenings
{
    /// <summary>Records an opening, and tells of earlier ones.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="time">The clock.</param>
    /// <returns>A sentence where it was opened before, or the opening cannot be recorded; else null.</returns>
    public static string? Record(RunFolder folder, TimeProvider time)
    {
        var before = File.Exists(folder.TestOpened) && RegularFile.Problem(folder.TestOpened) is null ? RegularFile.Text(folder.TestOpened) : string.Empty;
        var times = before.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = JsonSerializer.Serialize(new { opened = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
        try
        {
            AtomicFile.WriteText(folder.TestOpened, before + line + "\n");
        }
        catch (FineTuneException e)
        {
            return $"That the test images were measured on cannot be recorded in the run: {e.Message}";
        }

        return times.Length == 0
            ? null
            : $"The test images of '{folder.Path}' were measured on {times.Length} {(times.Length == 1 ? "time" : "times")} before, first on {First(times[0])}: what was chosen since is not "
                + "measured independently by them.";
    }

    private static string First(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.GetProperty("opened").GetString()![..10];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException or NullReferenceException)
        {
            return "a day that is not readable any more";
        }
    }
}
