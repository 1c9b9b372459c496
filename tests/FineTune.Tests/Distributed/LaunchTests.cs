using FineTune.Distributed;
using FineTune.Tests.Cli;
using FineTune.Train;

namespace FineTune.Tests.Distributed;

public sealed class LaunchTests
{
    [Fact]
    public void What_each_launcher_sets_is_understood()
    {
        Of(("OMPI_COMM_WORLD_RANK", "3"), ("OMPI_COMM_WORLD_SIZE", "4"), ("OMPI_COMM_WORLD_LOCAL_RANK", "1"),
            ("OMPI_COMM_WORLD_LOCAL_SIZE", "2")).ShouldBe(new Launch("mpirun", 3, 4, 1, 2));
        Of(("SLURM_PROCID", "5"), ("SLURM_STEP_NUM_TASKS", "6"), ("SLURM_LOCALID", "1"), ("SLURM_STEP_TASKS_PER_NODE", "2(x3)"))
            .ShouldBe(new Launch("srun", 5, 6, 1, 2) { Connects = false });
        Of(("SLURM_PROCID", "1"), ("SLURM_STEP_NUM_TASKS", "2"), ("PMIX_RANK", "1")).Connects.ShouldBeTrue();
        Of(("PMI_RANK", "1"), ("PMI_SIZE", "2"), ("MPI_LOCALRANKID", "1"), ("MPI_LOCALNRANKS", "2"))
            .ShouldBe(new Launch("mpiexec", 1, 2, 1, 2));
    }

    [Fact]
    public void A_process_that_none_started_is_alone()
    {
        Of().ShouldBe(Launch.Alone);
        Of(("SLURM_PROCID", "0"), ("SLURM_NTASKS", "4")).ShouldBe(Launch.Alone); // the script of a job, not a task of a step
        Of(("OMPI_COMM_WORLD_RANK", "0"), ("OMPI_COMM_WORLD_SIZE", "1")).Size.ShouldBe(1);
    }

    [Fact]
    public void Tasks_that_cannot_find_each_other_are_told_how() =>
        Finetune.RunProgram("env", ["SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=2", .. Finetune.Program, "train", "--out", "nowhere"])
            .ShouldFail("srun started 2 tasks", "start them by srun --mpi=pmix");

    [Theory]
    [InlineData(20, 20, 4, 2, "0..10 10..20")]
    [InlineData(20, 20, 4, 3, "0..10 10..20 0..1")] // two parts each: the third has none left, and loads an image in vain
    [InlineData(9, 20, 2, 2, "0..5 5..9")]
    [InlineData(3, 32, 4, 4, "0..3 0..1 0..1 0..1")] // the images that are left over stay together
    public void Ranks_have_parts_of_a_batch_that_follow_one_another(int images, int batch, int parts, int ranks, string rows) =>
        string.Join(' ', Enumerable.Range(0, ranks)
            .Select(r => MicroBatch.Rows(images, batch, parts, MicroBatch.Of(r, ranks, parts)))).ShouldBe(rows);

    private static Launch Of(params (string Name, string Value)[] variables) =>
        Launch.Detect(name => variables.FirstOrDefault(v => v.Name == name).Value);
}
