using System.Text;
using System.Text.Json.Nodes;
using FineTune.Experiment.TensorBoard;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment.TensorBoard;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class TensorBoardTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void Checksums_are_those_of_the_standard()
    {
        Crc32C.Of("123456789"u8).ShouldBe(0xE3069283u);
        Crc32C.Of([]).ShouldBe(0u);

        // RFC 3720, appendix B.4
        Crc32C.Of(new byte[32]).ShouldBe(0x8A9136AAu);
        Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]).ShouldBe(0x62A8AB43u);
        Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ShouldBe(0x46DD794Eu);
        EventReader.Crc32C("123456789"u8).ShouldBe(0xE3069283u);
    }

    [Fact]
    public void A_file_begins_with_the_bytes_of_every_event_file()
    {
        var record = TfRecord.Of(EventMessage.FileVersion(DateTimeOffset.UnixEpoch));
        record[..12].ShouldBe([24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22]); // as TensorFlow writes the length 24
        Encoding.ASCII.GetString(record[23..36]).ShouldBe("brain.Event:2");
    }

    [Fact]
    public void A_run_tells_every_step_and_every_epoch()
    {
        var folder = _tiny.Folder("a");
        var steps = new List<TrainEvent.Stepped>();
        _tiny.Start(_tiny.Recipe, folder, listener: e => steps.AddRange(e is TrainEvent.Stepped s ? [s] : []));
        var events = EventReader.Read(Directory.GetFiles(folder.TensorBoard).ShouldHaveSingleItem());
        events[0].FileVersion.ShouldBe("brain.Event:2");
        events.Skip(1).ShouldAllBe(e => e.FileVersion == null && e.SessionStatus == null && e.Scalars.Count > 0);
        events.ShouldAllBe(e => Math.Abs(e.WallTime - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) < 600);

        var shown = EventReader.Shown(folder.TensorBoard).ToLookup(s => s.Tag, s => (s.Step, s.Value));
        shown["step/loss"].ShouldBe(steps.Select(s => (s.Step, (float)s.Loss)));
        shown["step/lr"].ShouldBe(steps.Select(s => (s.Step, (float)s.Lr)));
        var lines = File.ReadLines(folder.Metrics).Select(l => JsonNode.Parse(l)!).ToArray();
        foreach (var (tag, key) in new[]
        {
            ("train/loss", "train_loss"), ("train/top1", "train_top1"), ("val/top1", "val_top1"), ("val/nll", "val_nll"), ("lr", "lr"),
        })
        {
            shown[tag].ShouldBe(lines.Select(l => ((long)l["step"]!, (float)(double)l[key]!)), tag);
        }
        shown["lr"].Count().ShouldBe(3);
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 6)] // the checkpoint of step 7 cannot be read: the run goes back to 5
    public void A_resumed_run_goes_on_in_a_file_that_says_where(bool damaged, long first)
    {
        var (whole, folder) = (_tiny.Folder("whole"), _tiny.Folder("a"));
        _tiny.Start(_tiny.Recipe, whole);
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var before = Directory.GetFiles(folder.TensorBoard).ShouldHaveSingleItem();
        var kept = File.ReadAllBytes(before);
        if (damaged)
            File.WriteAllBytes(folder.Last, []);
        _tiny.Start(_tiny.Recipe, folder, resume: true);

        var files = Directory.GetFiles(folder.TensorBoard).Order(StringComparer.Ordinal).ToArray();
        files.Length.ShouldBe(2);
        files[0].ShouldBe(before);
        File.ReadAllBytes(before).ShouldBe(kept); // only ever appended to
        var events = EventReader.Read(files[1]);
        events[0].FileVersion.ShouldBe("brain.Event:2");
        (events[1].SessionStatus, events[1].Step).ShouldBe((1, first));
        events.Skip(2).Min(e => e.Step).ShouldBe(first);
        events.Skip(2).ShouldAllBe(e => e.SessionStatus == null);

        // those are of the images since the resume
        static IEnumerable<(string, long, float)> Sure(RunFolder run) =>
            EventReader.Shown(run.TensorBoard).Where(s => !s.Tag.StartsWith("train/", StringComparison.Ordinal));
        Sure(folder).ShouldBe(Sure(whole));
    }

    [Fact]
    public void A_clock_that_was_set_back_puts_no_file_before_an_earlier_one()
    {
        var folder = _tiny.Folder("a");
        foreach (var seconds in new[] { 1_700_000_000, 1_600_000_000, 1_600_000_000 })
            Touch(folder, new Clock(seconds), 3);
        Directory.GetFiles(folder.TensorBoard).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            ["events.out.tfevents.1700000000.0000", "events.out.tfevents.1700000000.0001", "events.out.tfevents.1700000000.0002"]);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence()
    {
        var folder = _tiny.Folder("a");
        Directory.CreateDirectory(folder.Path);
        File.WriteAllText(folder.TensorBoard, "a file");
        var message = Should.Throw<FineTuneException>(() => Touch(folder, TimeProvider.System, 0)).Message;
        message.ShouldStartWith($"Cannot write '{folder.TensorBoard}': ");
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void A_damaged_byte_is_seen()
    {
        // The negative control: the reader does check.
        var folder = _tiny.Folder("a");
        Touch(folder, TimeProvider.System, 0);
        var file = Directory.GetFiles(folder.TensorBoard).Single();
        var bytes = File.ReadAllBytes(file);
        EventReader.Read(file).ShouldHaveSingleItem();
        foreach (var at in new[] { 9, 20, bytes.Length - 1 })
        {
            File.WriteAllBytes(file, [.. bytes.Select((b, i) => i == at ? (byte)(b ^ 1) : b)]);
            Should.Throw<InvalidDataException>(() => EventReader.Read(file));
        }
    }

    public void Dispose() => _tiny.Dispose();

    private static void Touch(RunFolder folder, TimeProvider time, long step)
    {
        using var file = new EventFile(folder, time);
        file.Open(step);
    }

    private sealed class Clock(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
