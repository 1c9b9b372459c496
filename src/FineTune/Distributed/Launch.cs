using System.Globalization;

namespace FineTune.Distributed;

/// <summary>What a launcher of parallel programs says of a process that it started.</summary>
/// <param name="By">The launcher, as a person calls it.</param>
/// <param name="Rank">Which process it is, from 0.</param>
/// <param name="Size">How many it started.</param>
/// <param name="LocalRank">Which on this machine.</param>
/// <param name="LocalSize">How many on this machine.</param>
public sealed record Launch(string By, int Rank, int Size, int LocalRank, int LocalSize)
{
    private const string Slurm = "srun";

    private static readonly (string By, string Rank, string Size, string LocalRank, string LocalSize)[] Variables =
    [
        ("mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"),
        (Slurm, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE"),
        ("mpiexec", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"),
    ];

    /// <summary>A process that was started alone.</summary>
    public static Launch Alone { get; } = new("none", 0, 1, 0, 1);

    /// <summary>Whether the launcher tells processes how to find each other; Slurm does so where it is asked to.</summary>
    public bool Connects { get; init; } = true;

    /// <summary>What started this process: by the variables that Open MPI's mpirun, Slurm's srun and MPICH's mpiexec set.</summary>
    public static Launch Detect() => Detect(Environment.GetEnvironmentVariable);

    /// <summary>The same by other variables.</summary>
    /// <param name="variable">The value of a variable; null where there is none.</param>
    internal static Launch Detect(Func<string, string?> variable)
    {
        foreach (var v in Variables)
        {
            if (Number(variable(v.Size)) is { } size && Number(variable(v.Rank)) is { } rank && rank < size)
            {
                var (localRank, localSize) = (Number(variable(v.LocalRank)), Number(variable(v.LocalSize)));
                return new Launch(v.By, rank, size, localRank ?? 0, Math.Max(1, localSize ?? 1))
                {
                    Connects = v.By != Slurm || variable("PMIX_RANK") is not null || variable("PMI_RANK") is not null,
                };
            }
        }

        return Alone;
    }

    /// <summary>The whole number that a text begins with: Slurm writes 2(x3) for two tasks on each of three nodes.</summary>
    private static int? Number(string? text)
    {
        var digits = new string([.. (text ?? string.Empty).TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;
    }
}
