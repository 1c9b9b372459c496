using System.CommandLine;
using FineTune.Distributed;
using FineTune.Engine;

namespace FineTune.Cli;

/// <summary>The processes that train together: how a verb joins them, and how they fail.</summary>
internal static class RankInput
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(3); // rank 0 speaks for all where all fail

    /// <summary>What carries what passes between them.</summary>
    public static Option<string> Distributed { get; } = new("--distributed")
    {
        Description = "What connects the processes that mpirun or srun started: auto (default: MPI, where they are several), "
            + "mpi, nccl or off",
        HelpName = string.Join('|', Communicators.Words),
        DefaultValueFactory = _ => Communicators.Words[0],
    };

    /// <summary>Does what a verb does on each rank; only the first speaks.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="ui">Where the first speaks.</param>
    /// <param name="work">Given the ranks.</param>
    public static int Joined(ParseResult parsed, Ui ui, Func<ICommunicator, Ui, int> work)
    {
        using var ranks = Communicators.Open(parsed.GetValue(Distributed)!, Timeout.InfiniteTimeSpan, Lost);
        if (ranks.Size == 1)
            return work(ranks, ui);
        try
        {
            return work(ranks, ranks.Rank == 0 ? ui : ui.Quiet());
        }
        catch (Exception e)
        {
            if (ranks.Rank > 0)
                Thread.Sleep(First);
            CommonOptions.Report(parsed, e, ranks.Rank > 0 ? $"Rank {ranks.Rank} ({Environment.MachineName}): " : string.Empty);
            ranks.Abort(Exit.Failed);
            throw;
        }
    }

    /// <summary>Refuses a verb that runs in one process where a launcher started several.</summary>
    /// <exception cref="UsageException">It did.</exception>
    public static void RefuseSeveral(Command verb)
    {
        var launch = Launch.Detect();
        if (launch.Size == 1 || verb.Options.Contains(Distributed))
            return;
        throw new UsageException(
            $"{launch.By} started {launch.Size} processes, but `finetune {verb.Name}` is for one: start it without {launch.By}.");
    }

    private static void Lost(string sentence)
    {
        Ui.Error(sentence);
        LibC.ExitNow(Exit.Failed);
    }
}
