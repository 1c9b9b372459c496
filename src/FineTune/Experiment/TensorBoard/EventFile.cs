using System.Globalization;
using FineTune.Train;

namespace FineTune.Experiment.TensorBoard;

/// <summary>
/// The event file of a session, which TensorBoard draws while it grows: numbers of each step and each epoch at the steps taken so far.
/// A resumed run goes on in a file of its own that says where it begins.
/// </summary>
/// <param name="folder">The run's.</param>
/// <param name="time">The clock.</param>
internal sealed class EventFile(RunFolder folder, TimeProvider time) : IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    private FileStream? _file;

    /// <summary>Begins a file.</summary>
    /// <param name="step">Steps taken before.</param>
    /// <exception cref="FineTuneException">It cannot be written.</exception>
    public void Open(long step)
    {
        try
        {
            Directory.CreateDirectory(folder.TensorBoard);
            string[] earlier = [.. Directory.EnumerateFiles(folder.TensorBoard, Prefix + "*").Select(f => Path.GetFileName(f)!)
                .Order(StringComparer.Ordinal)];

            // Without a buffer: what was told before a checkpoint is in the file though the process is killed after it.
            _file = new FileStream(
                Path.Combine(folder.TensorBoard, NextName(earlier)), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            Append(EventMessage.FileVersion(time.GetUtcNow()));
            if (earlier.Length > 0)
                Append(EventMessage.SessionStart(time.GetUtcNow(), step + 1));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    /// <summary>Writes what belongs there.</summary>
    /// <exception cref="FineTuneException">The disk refuses it.</exception>
    public void Write(TrainEvent e)
    {
        try
        {
            switch (e)
            {
                case TrainEvent.Stepped s:
                    Append(EventMessage.Scalars(time.GetUtcNow(), s.Step, ("step/loss", s.Loss), ("step/lr", s.Lr)));
                    break;
                case TrainEvent.Began began:
                    Append(
                        EventMessage.Scalars(time.GetUtcNow(), 0, ("val/top1", began.Validation.Top1), ("val/nll", began.Validation.Nll)));
                    break;
                case TrainEvent.EpochEnded ended:
                    Append(EventMessage.Scalars(
                        time.GetUtcNow(),
                        ended.Step,
                        ("train/loss", ended.TrainLoss),
                        ("train/top1", ended.TrainTop1),
                        ("val/top1", ended.Validation.Top1),
                        ("val/nll", ended.Validation.Nll),
                        ("lr", ended.Lr)));
                    _file?.Flush(flushToDisk: true);
                    break;
            }
        }
        catch (IOException error)
        {
            throw Unwritable(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Append(byte[] message) => _file?.Write(TfRecord.Of(message));

    /// <summary>
    /// A name behind all others: TensorBoard reads files in the order of their names, though a clock was set back between them.
    /// </summary>
    private string NextName(string[] earlier)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        if (earlier.Length > 0
            && long.TryParse(earlier[^1][Prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            seconds = Math.Max(seconds, last);
        }
        return FormattableString.Invariant($"{Prefix}{seconds:D10}.{earlier.Length:D4}");
    }

    private FineTuneException Unwritable(Exception e) =>
        new($"Cannot write '{_file?.Name ?? folder.TensorBoard}': {AtomicFile.Reason(e)}; the last checkpoint is kept.", e);
}
