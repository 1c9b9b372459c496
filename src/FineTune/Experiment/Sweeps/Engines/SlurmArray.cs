using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FineTune.Experiment.Sweeps.Engines;

/// <summary>
/// Job arrays of Slurm. The sweep's folder lies on a disk that all nodes share. Jobs stay in the queue where this process ends; started
/// again, it waits for them first.
/// </summary>
/// <param name="command">The words that call FineTune on a node.</param>
/// <param name="threads">Threads of a run: its cores.</param>
/// <param name="options">Options for sbatch.</param>
/// <param name="say">Is told what happens.</param>
public sealed class SlurmArray(IReadOnlyList<string> command, int threads, IReadOnlyList<string> options, Action<string> say) : ISweepEngine
{
    private const int Attempts = 3; // of a task whose jobs end without getting on
    private const int MostOfArray = 1000; // Slurm's MaxArraySize is 1001 by default
    private const string Reason = "Its job ended 3 times in a row without getting on; the files in logs/ have what it printed";
    private const int Unanswered = 20; // calls in a row that the controller may leave unanswered
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2), SeenWithin = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public void Run(SweepFolder folder, IReadOnlyList<SweepWork> work, Action<int> told, CancellationToken stop)
    {
        Directory.CreateDirectory(folder.Slurm);
        var open = work.ToDictionary(w => w.Task);
        var idle = new Dictionary<int, int>(); // arrays in a row in which a task did not get on
        Wait(folder, Known(folder), open, told, stop);
        for (var again = false; open.Count > 0; again = true)
        {
            var ready = open.Keys.Where(t => !IsHeld(folder, t)).Order().ToArray();
            if (ready.Length == 0)
            {
                stop.WaitHandle.WaitOne(Poll); // other processes are at them
                Wait(folder, [], open, told, stop);
                continue;
            }

            if (again)
                say($"{ready.Length} of the runs have not come to their end and are given to Slurm again.");
            var before = ready.ToDictionary(t => t, t => Place(folder, t));
            foreach (var tasks in ready.Chunk(MostOfArray))
                Wait(folder, [Submit(folder, tasks)], open, told, stop);
            Wait(folder, [], open, told, stop, untilSeen: true);
            foreach (var task in ready.Where(t => open.ContainsKey(t) && !IsHeld(folder, t)))
            {
                idle[task] = Place(folder, task) == before[task] ? idle.GetValueOrDefault(task) + 1 : 0;
                if (idle[task] < Attempts || !TaskRun.TryFail(folder, open[task], Reason))
                    continue;
                open.Remove(task);
                told(task);
            }
        }
    }

    private static bool IsHeld(SweepFolder folder, int task)
    {
        using var held = folder.TryHold(task);
        return held is null;
    }

    /// <summary>How far a run has come: when its checkpoint was written.</summary>
    private static DateTime Place(SweepFolder folder, int task) => File.GetLastWriteTimeUtc(folder.Run(task).Last);

    /// <summary>Gives tasks to Slurm as an array.</summary>
    /// <returns>The job.</returns>
    private string Submit(SweepFolder folder, int[] tasks)
    {
        var root = Path.GetFullPath(folder.Path);
        var name = FormattableString.Invariant($"array-{Environment.ProcessId}-{Known(folder).Count + 1}.sh");
        var script = Path.Combine(Path.GetFullPath(folder.Slurm), name);
        var words = string.Join(' ', command.Select(Quoted));
        var text = new StringBuilder("#!/bin/sh\n# Written by finetune sweep: each job of the array trains one run.\n");
        text.Append("task=$(printf '%s\\n' ").AppendJoin(' ', tasks).Append(" | sed -n \"${SLURM_ARRAY_TASK_ID}p\")\n");
        text.Append(CultureInfo.InvariantCulture, $"exec srun --ntasks=1 {words} sweep-task {Quoted(root)} \"$task\"\n");
        AtomicFile.WriteText(script, text.ToString());
        string[] arguments =
        [
            "--parsable",
            "--job-name=finetune-sweep",
            FormattableString.Invariant($"--array=1-{tasks.Length}"),
            "--ntasks=1",
            FormattableString.Invariant($"--cpus-per-task={threads}"),
            "--requeue",
            "--open-mode=append",
            "--signal=TERM@60",
            $"--output={Path.Combine(root, "logs", "slurm-%A_%a.log")}",
            .. options,
            script,
        ];
        var (code, output, error) = Call("sbatch", arguments);
        if (code != 0)
            throw new FineTuneException($"Slurm took no job: {FirstLine(error)}.");
        var job = output.Trim().Split(';')[0];
        using (var file = new StreamWriter(new FileStream(Jobs(folder), FileMode.Append, FileAccess.Write, FileShare.ReadWrite)))
            file.WriteLine(job);
        say($"{(tasks.Length == 1 ? "1 run is" : $"{tasks.Length} runs are")} in Slurm's queue as job {job}; this command may be ended and "
            + $"started again, `scancel {job}` ends them.");
        return job;
    }

    /// <summary>Waits until jobs have left the queue, and tells of each task that is where it is to be.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="jobs">The jobs; none: one look.</param>
    /// <param name="open">Tasks that are not; those that are leave it.</param>
    /// <param name="told">Told of each.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <param name="untilSeen">Whether what nodes wrote last is waited for: a shared disk shows it late.</param>
    private static void Wait(
        SweepFolder folder,
        IReadOnlyList<string> jobs,
        Dictionary<int, SweepWork> open,
        Action<int> told,
        CancellationToken stop,
        bool untilSeen = false)
    {
        var plan = SweepPlan.Read(folder);
        var (unanswered, start) = (0, Environment.TickCount64);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var queued = Queued(jobs, ref unanswered);
            foreach (var work in open.Values.ToArray())
            {
                if (!TaskState.Read(folder, plan.Task(work.Task)).Reached(work.Epochs))
                    continue;
                open.Remove(work.Task);
                told(work.Task);
            }

            var late = untilSeen && open.Count > 0 && Environment.TickCount64 - start < SeenWithin.TotalMilliseconds;
            if (!queued && !late)
                break;
            stop.WaitHandle.WaitOne(Poll);
        }
    }

    /// <summary>Whether a job is in the queue still.</summary>
    private static bool Queued(IReadOnlyList<string> jobs, ref int unanswered)
    {
        if (jobs.Count == 0)
            return false;
        var (code, output, error) = Call("squeue", ["--noheader", "--format=%A", "--jobs=" + string.Join(',', jobs)]);
        if (code == 0)
        {
            unanswered = 0;
            return output.Trim().Length > 0;
        }

        if (error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            return false; // it has left the controller's memory
        if (++unanswered >= Unanswered)
            throw new FineTuneException($"Slurm's controller does not answer: {FirstLine(error)}.");
        return true;
    }

    private static IReadOnlyList<string> Known(SweepFolder folder) => File.Exists(Jobs(folder))
        ? [.. RegularFile.Text(Jobs(folder)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
        : [];

    private static string Jobs(SweepFolder folder) => Path.Combine(folder.Slurm, "jobs");

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string FirstLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .FirstOrDefault("it said nothing").TrimEnd('.');

    private static (int Code, string Output, string Error) Call(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new FineTuneException($"Slurm's {program} is not on this machine; --on local trains the runs here.");
        }
    }
}
