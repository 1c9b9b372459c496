using FineTune.Distributed.Mpi;
using FineTune.Distributed.Nccl;
using FineTune.Engine;
using TorchSharp;

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
        if (choice != "off" && launch.Size > 1)
            TorchEngine.ShareMachine(launch.LocalRank, launch.LocalSize);
        return choice switch
        {
            "auto" when launch.Size > 1 => Mpi(),
            "mpi" => Mpi(),
            "nccl" => Nccl(),
            "auto" or "off" => OneProcess.Instance,
            _ => throw Nearest.Unknown("value of --distributed:", choice, Words),
        };

        ICommunicator Mpi() => launch.Connects
            ? new MpiCommunicator(MpiLibrary.Load(launch), launch, limit, lost)
            : throw new FineTuneException($"{launch.By} started {launch.Size} tasks, but does not tell them how to find each other; "
                + "start them by srun --mpi=pmix, or, where each is a run of its own, use --distributed off.");

        ICommunicator Nccl()
        {
            var nccl = NcclLibrary.Load();
            TorchEngine.Load();
            if (torch.cuda.device_count() <= launch.LocalRank)
            {
                throw new FineTuneException($"NCCL connects GPUs, one a rank: this libtorch sees {torch.cuda.device_count()}, and rank "
                    + $"{launch.Rank} is number {launch.LocalRank + 1} on its machine; use --distributed mpi, or fewer ranks a machine.");
            }

            var device = new torch.Device(DeviceType.CUDA, launch.LocalRank);
            torch.zeros(1, device: device).Dispose(); // NCCL joins with the GPU that is current
            var control = launch.Size > 1 && MpiLibrary.TryLoad(launch) is not null ? Mpi() : null;
            Func<byte[]?, byte[]> tell = control is null ? IdFile.Tell : id => control.Exchange(id ?? [])[0];
            return new NcclCommunicator(nccl, launch, device, tell, lost, control)
            {
                Limit = limit,
            };
        }
    }

    /// <summary>The NCCL library that would be used here; null where there is none.</summary>
    public static string? NcclVersion() => NcclLibrary.TryLoad() is { } nccl ? $"{nccl.Version} ({nccl.File})" : null;

    /// <summary>The MPI library that would be used here and its version; null where there is none.</summary>
    public static string? MpiVersion() => MpiLibrary.TryLoad(Launch.Detect()) is { } mpi ? $"{mpi.Version} ({mpi.File})" : null;
}
