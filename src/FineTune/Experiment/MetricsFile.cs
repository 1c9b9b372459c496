using System.Text;
using System.Text.Json.Nodes;
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
            return [.. RegularFile.Text(folder.Metrics).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<JsonNode>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{folder.Metrics}' cannot be read: {RegularFile.Reason(folder.Metrics, e)}.", e);
        }
    }

    /// <summary>Opens the file, keeping the lines up to a step.</summary>
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
        if (e is not TrainEvent.EpochEnded ended || _file is null)
            return;
        var line = new JsonObject
        {
            ["epoch"] = ended.Epoch + 1,
            ["step"] = ended.Step,
            ["train_loss"] = ended.TrainLoss,
            ["train_top1"] = ended.TrainTop1,
            ["val_top1"] = ended.Validation.Top1,
            ["val_top5"] = ended.Validation.Top5,
            ["val_nll"] = ended.Validation.Nll,
            ["val_ece"] = ended.Validation.Ece,
            ["lr"] = ended.Lr,
            ["best"] = ended.IsBest,
            ["seconds"] = Seconds,
        };
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(line.ToJsonString() + "\n"));
            _file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw new FineTuneException($"Cannot write '{folder.Metrics}': {error.Message.TrimEnd('.')}; the last checkpoint is kept.", error);
        }
    }

    public void Dispose() => _file?.Dispose();

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
