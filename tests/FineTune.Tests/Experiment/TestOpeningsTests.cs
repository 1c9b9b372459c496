using System.Diagnostics;
using FineTune.Experiment;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

public sealed class TestOpeningsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("finetune-openings-").FullName;

    private RunFolder Folder => new(_root);

    [Fact]
    public void None_is_lost_where_several_are_recorded_at_once()
    {
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => TestOpenings.Record(Folder, new SlowClock()));
        File.ReadAllLines(Folder.TestOpened).Length.ShouldBe(40);
        TestOpenings.Record(Folder, TimeProvider.System)!.ShouldContain("40 times before");
    }

    [Fact]
    public void A_line_that_was_cut_off_stays_a_line_of_its_own()
    {
        File.WriteAllText(Folder.TestOpened, "{\"opened\": \"2026-0");
        TestOpenings.Record(Folder, TimeProvider.System)!.ShouldContain("1 time before");
        File.ReadAllLines(Folder.TestOpened).Length.ShouldBe(2);
    }

    [Fact]
    public void What_is_no_file_is_left_alone_and_said()
    {
        using (var mkfifo = Process.Start("mkfifo", [Folder.TestOpened]))
            mkfifo.WaitForExit();
        TestOpenings.Record(Folder, TimeProvider.System)!.ShouldContain("cannot be recorded");
        File.Delete(Folder.TestOpened);
        Directory.CreateDirectory(Folder.TestOpened);
        TestOpenings.Record(Folder, TimeProvider.System)!.ShouldContain("cannot be recorded");
    }

    /// <summary>Between reading and writing, so long that others come in between if they can.</summary>
    private sealed class SlowClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            Thread.Sleep(10);
            return System.GetUtcNow();
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
