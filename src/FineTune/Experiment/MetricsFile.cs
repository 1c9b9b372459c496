using System.Text;
using System.Text.Json.Nodes;
using FineTune.Evaluate;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>metrics.jsonl: an object a line and epoch. Lines are appended whole; a resumed run drops those of epochs it repeats.</summary>
internal sealed class MetricsFile(RunFolder folder, TimeProvider time) : IDisposable
{
    private readonly long _start = time.GetTimestamp();
    private double _before;
    private FileStream? _file;

    /// <summary>What the run has taken: this session, and those before it to their last epoch's end.</summary>
    public double Seconds => _before + time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>The lines of a run's file; half a line, at the end of a killed run's, is left out.</summary>
    /// <exception cref="FineTuneException">The file cannot be read.</exception>
    public static IReadOnlyList<JsonNode> Lines(RunFolder folder)
    {
        if (!File.Exists(folder.Metrics))
            return [];
        try
        {
            return [.. RegularFile.Text(folder.Metrics).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(Parse).OfType<JsonNode>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{folder.Metrics}' cannot be read: {RegularFile.Reason(folder.Metrics, e)}.", e);
        }
    }

    /// <summary>Opens the file, keeping the lines up to a step; -1: none.</summary>
    public void Open(long step)
    {
        if (File.Exists(folder.Metrics))
        {
            var kept = Lines(folder).Where(line => (long?)line["step"] <= step).ToArray();
            _before = kept.Length > 0 ? (double?)kept[^1]["seconds"] ?? 0 : 0;
            AtomicFile.WriteText(folder.Metrics, string.Concat(kept.Select(l => l.ToJsonString() + "\n")));
        }

        _file = new FileStream(folder.Metrics, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Writes what belongs there.</summary>
    public void Write(TrainEvent e)
    {
        if (_file is null || Line(e) is not { } line)
            return;
        line["seconds"] = Seconds;
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(line.ToJsonString() + "\n"));
            _file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw new FineTuneException(
                $"Cannot write '{folder.Metrics}': {error.Message.TrimEnd('.')}; the last checkpoint is kept.", error);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static JsonObject? Line(TrainEvent e) => e switch
    {
        TrainEvent.Began began => Line(0, 0, began.Validation, true, null),
        TrainEvent.EpochEnded ended => Line(ended.Epoch + 1, ended.Step, ended.Validation, ended.IsBest, ended),
        _ => null,
    };

    private static JsonObject Line(int epoch, long step, Score validation, bool best, TrainEvent.EpochEnded? learned) => new()
    {
        ["epoch"] = epoch,
        ["step"] = step,
        ["train_loss"] = learned?.TrainLoss,
        ["train_top1"] = learned?.TrainTop1,
        ["val_top1"] = validation.Top1,
        ["val_top5"] = validation.Top5,
        ["val_nll"] = validation.Nll,
        ["val_ece"] = validation.Ece,
        ["lr"] = learned?.Lr,
        ["best"] = best,
    };

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
