using System.Diagnostics;
using System.Globalization;

namespace FineTune.Experiment.Sweeps.Engines;

/// <summary>
/// Several processes of this machine at once, within a number of cores. Each works on one task; where this process ends, however it
/// does, they see the end of their input, write a checkpoint and end too.
/// </summary>
/// <param name="command">The words that call FineTune.</param>
/// <param name="atOnce">Processes at the same time.</param>
/// <param name="threads">Threads of each.</param>
public sealed class LocalProcesses(IReadOnlyList<string> command, int atOnce, int threads) : ISweepEngine
{
    /// <summary>The exit code of a process that finds another at its task.</summary>
    public const int HeldCode = 75;

    private const int FailedCode = 1, StoppedCode = 130;
    private const int Attempts = 3; // of a process that dies
    private const int KilledBySignal = 128;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20), WhileHeld = TimeSpan.FromSeconds(1),
        ToStop = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public void Run(SweepFolder folder, IReadOnlyList<SweepWork> work, Action<int> told, CancellationToken stop)
    {
        var waiting = new LinkedList<(int Task, long From)>(work.Select(w => (w.Task, 0L)));
        var asked = work.ToDictionary(w => w.Task);
        var died = new Dictionary<int, int>();
        var running = new List<TaskProcess>();
        try
        {
            while (waiting.Count + running.Count > 0)
            {
                stop.ThrowIfCancellationRequested();
                while (running.Count < atOnce && Ready(waiting) is { } next)
                {
                    waiting.Remove(next);
                    running.Add(new TaskProcess(Begin(folder, next.Value.Task), next.Value.Task, folder.Log(next.Value.Task)));
                }

                foreach (var ended in running.Where(p => p.HasEnded).ToArray())
                {
                    running.Remove(ended);
                    if (Settled(folder, ended, asked[ended.Task], died) is { } again)
                        waiting.AddLast((ended.Task, Environment.TickCount64 + (long)again.TotalMilliseconds));
                    else
                        told(ended.Task);
                }

                stop.WaitHandle.WaitOne(Pause);
            }
        }
        finally
        {
            End(running);
        }
    }

    private static LinkedListNode<(int Task, long From)>? Ready(LinkedList<(int Task, long From)> waiting)
    {
        for (var node = waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.From <= Environment.TickCount64)
                return node;
        }

        return null;
    }

    /// <returns>After how long it is to be tried again; null: it is not.</returns>
    private static TimeSpan? Settled(SweepFolder folder, TaskProcess ended, SweepWork work, Dictionary<int, int> died)
    {
        var code = ended.Close();
        ended.Dispose();
        if (code == 0 || (code == FailedCode && File.Exists(folder.Failure(ended.Task))))
            return null;
        if (code == HeldCode)
            return WhileHeld;
        if ((died[ended.Task] = died.GetValueOrDefault(ended.Task) + 1) < Attempts)
            return TimeSpan.Zero;
        var how = code > KilledBySignal && code != StoppedCode
            ? string.Create(CultureInfo.InvariantCulture, $"by signal {code - KilledBySignal}")
            : string.Create(CultureInfo.InvariantCulture, $"with exit code {code}");
        var last = ended.LastLine.Length > 0 ? $"; it said last: {ended.LastLine}" : string.Empty;
        return TaskRun.TryFail(folder, work, $"Its process ended {Attempts} times before its time, at last {how}{last}") ? null : WhileHeld;
    }

    private Process Begin(SweepFolder folder, int task)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] words =
            [.. command.Skip(1), "sweep-task", Path.GetFullPath(folder.Path), task.ToString(CultureInfo.InvariantCulture), "--while-input"];
        foreach (var word in words)
            start.ArgumentList.Add(word);
        var cores = Math.Max(1, threads);
        start.Environment["DOTNET_PROCESSOR_COUNT"] = cores.ToString("X", CultureInfo.InvariantCulture); // it is read as hexadecimal
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new FineTuneException($"'{command[0]}' cannot be started: {e.Message}.", e);
        }
    }

    /// <summary>Asks those that run to write a checkpoint and end; those that do not are killed.</summary>
    private static void End(List<TaskProcess> running)
    {
        foreach (var process in running)
            process.CloseInput();
        foreach (var process in running)
        {
            process.WaitOrKill(ToStop);
            process.Dispose();
        }
    }

    /// <summary>A process, and what it prints, kept in a file.</summary>
    private sealed class TaskProcess : IDisposable
    {
        private readonly Process _process;
        private readonly StreamWriter _log;
        private readonly Lock _writing = new();

        public TaskProcess(Process process, int task, string log)
        {
            (_process, Task) = (process, task);
            _log = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
            process.OutputDataReceived += (_, e) => Keep(e.Data);
            process.ErrorDataReceived += (_, e) => Keep(e.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public int Task { get; }

        public string LastLine { get; private set; } = string.Empty;

        public bool HasEnded => _process.HasExited;

        /// <summary>Waits for its end, and until all that it printed is kept.</summary>
        public int Close()
        {
            _process.WaitForExit();
            return _process.ExitCode;
        }

        public void Dispose()
        {
            _process.Dispose();
            lock (_writing)
                _log.Dispose();
        }

        public void CloseInput()
        {
            try
            {
                _process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        public void WaitOrKill(TimeSpan patience)
        {
            if (!_process.WaitForExit(patience))
                _process.Kill(entireProcessTree: true);
            Close();
        }

        private void Keep(string? line)
        {
            if (line is not { Length: > 0 })
                return;
            LastLine = line;
            try
            {
                lock (_writing)
                    _log.WriteLine(line);
            }
            catch (IOException)
            {
                // The disk is full: what the process prints is not worth its run.
            }
        }
    }
}
