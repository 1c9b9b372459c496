using FineTune.Distributed.Mpi;

namespace FineTune.Distributed;

/// <summary>Connects the processes of a run.</summary>
public static class Communicators
{
    /// <summary>What <c>--distributed</c> may be.</summary>
    public static IReadOnlyList<string> Words { get; } = ["auto", "mpi", "nccl", "off"];

    /// <summary>Joins the ranks that a launcher started with this process.</summary>
    /// <param name="choice">auto: MPI where a launcher started several processes; mpi, nccl, or off.</param>
    /// <param name="limit">How long to wait for another rank at most.</param>
    /// <param name="lost">Told in a sentence, on a thread of its own, of a rank that does not answer; it has to end the process.</param>
    /// <exception cref="FineTuneException">The library is missing or of another launcher.</exception>
    public static ICommunicator Open(string choice, TimeSpan limit, Action<string> lost)
    {
        var launch = Launch.Detect();
        return choice switch
        {
            "auto" when launch.Size > 1 => Mpi(),
            "mpi" => Mpi(),
            "auto" or "off" => OneProcess.Instance,
            _ => throw Nearest.Unknown("value of --distributed:", choice, Words),
        };

        ICommunicator Mpi() => new MpiCommunicator(MpiLibrary.Load(launch), launch, limit, lost);
    }

    /// <summary>The MPI library that would be used here and its version; null where there is none.</summary>
    public static string? MpiVersion() => MpiLibrary.TryLoad(Launch.Detect()) is { } mpi ? $"{mpi.Version} ({mpi.File})" : null;
}
