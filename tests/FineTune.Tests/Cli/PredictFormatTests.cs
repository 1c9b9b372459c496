using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class PredictFormatTests(TrainedRun run) : IDisposable
{
    private readonly ImageTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Csv_has_a_title_line_and_a_line_an_image_with_what_was_left_out()
    {
        _tree.Image("in/a, \"b\".bmp").Bytes("in/notes.txt", "words"u8.ToArray());
        var outcome = Finetune.Run("predict", "--run", run.Folder, _tree.PathOf("in"), "--format", "csv", "--top-k", "5").ShouldSucceed();
        var json = Finetune.Run("predict", "--run", run.Folder, _tree.PathOf("in"), "--format", "jsonl", "--top-k", "1").ShouldSucceed().Json;

        var lines = outcome.Out.Split("\r\n");
        lines.Length.ShouldBe(4);
        lines[0].ShouldBe("path,label,confidence,note,class_1,probability_1,class_2,probability_2"); // of two classes
        var (label, p) = json[0]["probabilities"]!.AsObject().Select(c => (c.Key, (double)c.Value!)).ShouldHaveSingleItem();
        lines[1].ShouldStartWith(FormattableString.Invariant($"\"{_tree.PathOf("in")}/a, \"\"b\"\".bmp\",{label},{p:R},,{label},{p:R},"));
        lines[2].ShouldStartWith($"{_tree.PathOf("in/notes.txt")},,,left out: neither its bytes");
        lines[2].ShouldEndWith(",,,,");
        lines[3].ShouldBeEmpty();
        outcome.Error.ShouldContain("notes.txt: neither");
    }

    [Fact]
    public void The_table_has_the_likeliest_classes_first()
    {
        var probabilities = Finetune.Run("predict", "--run", run.Folder, run.Photo, "--json").ShouldSucceed().Json[0]["probabilities"]!.AsObject();
        var top = probabilities.OrderByDescending(p => (double)p.Value!).Select(p => $"{p.Key}  {100 * (double)p.Value!:0.0}%");

        Finetune.Run("predict", "--run", run.Folder, run.Photo, "--top-k", "9").ShouldSucceed().Out
            .ShouldBe($"{run.Photo}  {string.Join("  ", top)}\n");
    }

    [Fact]
    public void Below_a_confidence_it_abstains_and_says_so()
    {
        string[] line = ["predict", "--run", run.Folder, run.Photo, "--min-confidence", "1"];

        var json = Finetune.Run([.. line, "--json"]).ShouldSucceed();
        json.Json[0]["label"].ShouldBeNull();
        ((bool)json.Json[0]["abstains"]!).ShouldBeTrue();
        json.Error.ShouldContain("abstained on 1 of 1 image (confidence below 1)");
        Finetune.Run(line).ShouldSucceed().Out.ShouldContain("  abstains: ");
        Finetune.Run([.. line, "--format", "csv"]).ShouldSucceed().Out.Split("\r\n")[1].ShouldMatch(",,0\\.[0-9]+,abstains$");
        var sure = Finetune.Run("predict", "--run", run.Folder, run.Photo, "--min-confidence", "0.01", "--json").ShouldSucceed();
        ((string?)sure.Json[0]["label"]).ShouldNotBeNull();
        sure.Error.ShouldContain("abstained on 0 of 1 image");
    }

    [Fact]
    public void Images_are_sorted_into_folders_of_their_classes()
    {
        string[] line = ["predict", "--run", run.Folder, Path.Combine(run.Data, "val"), "--json", "--copy-to", _tree.PathOf("sorted")];
        var outcome = Finetune.Run(line).ShouldSucceed();

        outcome.Json.Count.ShouldBe(8);
        foreach (var image in outcome.Json)
        {
            var copy = (string)image["copy"]!;
            Path.GetDirectoryName(copy).ShouldBe(_tree.PathOf($"sorted/{(string)image["label"]!}"));
            File.ReadAllBytes(copy).ShouldBe(File.ReadAllBytes((string)image["path"]!));
        }

        outcome.Error.ShouldContain($"copied    8 images into '{_tree.PathOf("sorted")}'");
        outcome.Json.Select(j => (string)j["copy"]!).Distinct().Count().ShouldBe(8); // ant/000.bmp and bee/000.bmp
        Finetune.Run("predict", "--run", run.Folder, _tree.PathOf("sorted"), "--copy-to", _tree.PathOf("sorted/again")).ShouldFail("lies in");
        var abstained = Finetune.Run([.. line, "--min-confidence", "1"]).ShouldSucceed();
        abstained.Json.ShouldAllBe(j => ((string)j["copy"]!).StartsWith(_tree.PathOf("sorted/abstained"), StringComparison.Ordinal));
    }

    [Fact]
    public void Names_come_from_the_standard_input_too()
    {
        var names = run.File("names.txt", System.Text.Encoding.UTF8.GetBytes($"{run.Photo}\n"));
        var outcome = Finetune.RunProgram("bash", ["-c", "exec \"$@\" < \"$0\"", names, .. Finetune.Program, "predict", "--run", run.Folder, "-", "--json"]);

        ((string)outcome.ShouldSucceed().Json.ShouldHaveSingleItem()["path"]!).ShouldBe(run.Photo);
        Finetune.Run("predict", "--run", run.Folder, "-").ShouldFail("The standard input names no image");
    }

    [Theory]
    [InlineData("--top-k", "0", "--top-k is 0; at least 1")]
    [InlineData("--min-confidence", "1.5", "--min-confidence is 1.5; above 0")]
    [InlineData("--min-confidence", "NaN", "--min-confidence is NaN; above 0")]
    [InlineData("--format", "xml", "'csv'")]
    public void Options_out_of_range_are_refused(string option, string value, string says) =>
        Finetune.Run("predict", "--run", run.Folder, run.Photo, option, value).ShouldBeWrongUsage(says);

    [Fact]
    public void Two_formats_are_refused() =>
        Finetune.Run("predict", "--run", run.Folder, run.Photo, "--json", "--format", "csv").ShouldBeWrongUsage("--json is short for --format jsonl");
}
