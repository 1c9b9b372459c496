using System.Text.Json.Nodes;
using FineTune.Tests.Cli;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Distributed;

/// <summary>Runs on several processes of a real MPI.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class MpiTests : IDisposable
{
    private static readonly string? Mpirun =
        new[] { "mpirun.openmpi", "mpirun" }.Select(n => $"/usr/bin/{n}").FirstOrDefault(File.Exists);

    private readonly TinyRun _tiny = new();

    /// <summary>All that differs by image, part or step is on: augmentation, dropout, batch statistics, a last short batch.</summary>
    private string[] Settings =>
    [
        "--data", _tiny.Data, "--model", "cifar_resnet20", "--seed", "3", "--set", "input.size=16", "input.resize=18", "augment=lecture",
        "head.dropout=0.3", "epochs=3", "batch=8", "snapshots=1", "threads=1", "optimizer.lr=0.05", "all_reduce=ordered",
    ];

    [SkippableFact]
    public void Two_ranks_have_the_bits_of_two_parts_in_one_process()
    {
        RequireMpi();
        var (one, two) = (_tiny.Folder("one"), _tiny.Folder("two"));
        Train(1, one, "gradient.accumulate=2").Code.ShouldBe(0);
        var (code, output, error) = Train(2, two);
        code.ShouldBe(0, error);
        ((string?)JsonNode.Parse(output)!["final_weights_sha256"]).ShouldBe(Hash(one));
        Hash(two).ShouldBe(Hash(one));
        foreach (var (a, b) in one.Snapshots.Append(one.Best).Zip(two.Snapshots.Append(two.Best)))
            TensorsOf(b).ShouldBe(TensorsOf(a)); // counts of batches too
        Figures(two).ShouldBe(Figures(one));
        File.ReadAllText(two.Recipe).ShouldContain("accumulate: 2");
    }

    [SkippableFact]
    public void Four_ranks_stopped_and_resumed_on_two_and_on_one_are_the_run_that_was_never_stopped()
    {
        RequireMpi();
        var (whole, stopped) = (_tiny.Folder("whole"), _tiny.Folder("stopped"));
        string[] steady = ["schedule=constant", "snapshots=0"]; // may be lengthened
        Train(1, whole, [.. steady, "gradient.accumulate=4"]).Code.ShouldBe(0);
        Train(4, stopped, [.. steady, "epochs=1"]).Code.ShouldBe(0);
        foreach (var (ranks, epochs) in new[] { (2, 2), (1, 3) })
        {
            var more = Run(ranks, "train", "--out", stopped.Path, "--resume", "--set", $"epochs={epochs}");
            more.Code.ShouldBe(0, more.Error);
        }

        Hash(stopped).ShouldBe(Hash(whole));
        var (code, _, error) = Run(5, "train", "--out", stopped.Path, "--resume");
        code.ShouldNotBe(0);
        error.ShouldContain("divides a batch into 4 parts (gradient.accumulate), so 5 ranks have not one each");
    }

    [SkippableFact]
    public void A_kept_boundary_is_computed_together_and_validation_divided()
    {
        RequireMpi();
        string[] more = ["trainable=head", "gradient.accumulate=2", "head.dropout=0"];
        var (one, two) = (_tiny.Folder("one"), _tiny.Folder("two"));
        Train(1, one, more).Code.ShouldBe(0);
        var (code, _, error) = Train(2, two, [.. more, $"cache_folder={Path.Combine(_tiny.Root, "cache")}"]);
        code.ShouldBe(0, error);
        Hash(two).ShouldBe(Hash(one));
        error.ShouldContain("only in memory: several ranks compute them together");
    }

    [SkippableFact]
    public void The_librarys_own_sum_differs_by_rounding_alone_and_one_rank_is_todays_run()
    {
        RequireMpi();
        var (plain, one, two) = (_tiny.Folder("plain"), _tiny.Folder("one"), _tiny.Folder("two"));
        Finetune.Run(["train", .. Settings, "--out", plain.Path, "--distributed", "off"]).Code.ShouldBe(0);
        Train(1, one).Code.ShouldBe(0);
        Hash(one).ShouldBe(Hash(plain));
        var forced = _tiny.Folder("forced");
        Finetune.RunProgram(Mpirun!, [.. Under(1), "train", .. Settings, "--out", forced.Path, "--distributed", "mpi"]).Code.ShouldBe(0);
        Hash(forced).ShouldBe(Hash(plain));
        Train(2, two, "all_reduce=library").Code.ShouldBe(0);
        Train(1, _tiny.Folder("parts"), "gradient.accumulate=2").Code.ShouldBe(0);
        Figures(two)[0].ShouldBe(Figures(_tiny.Folder("parts"))[0], 1e-4);
    }

    [SkippableFact]
    public void Norms_over_all_ranks_are_those_of_the_whole_batch()
    {
        RequireMpi();
        string[] more = ["head.dropout=0", "epochs=1", "snapshots=0", "batch=12", "result_weights=last"]; // 36 images: three whole batches
        var (whole, synced, parts) = (_tiny.Folder("whole"), _tiny.Folder("synced"), _tiny.Folder("parts"));
        Train(1, whole, more).Code.ShouldBe(0);
        var (code, _, error) = Train(2, synced, [.. more, "batch_norm_sync=true"]);
        code.ShouldBe(0, error);
        Train(2, parts, more).Code.ShouldBe(0);
        var (near, far) = (Distance(synced, whole), Distance(parts, whole));
        near.ShouldBeLessThan(1e-4);
        far.ShouldBeGreaterThan(100 * near);
        Train(2, _tiny.Folder("odd"), [.. more, "batch=33", "batch_norm_sync=true"]).Error
            .ShouldContain("batch_norm_sync needs a part of every batch");
    }

    [SkippableFact]
    public void A_range_test_and_a_probe_divide_their_images_and_say_the_same()
    {
        RequireMpi();
        string[] range = ["find-lr", .. Settings, "snapshots=0", "gradient.accumulate=2", "--iterations", "20", "--json"];
        Run(2, range).ShouldSucceed().Out.ShouldBe(Run(1, range).ShouldSucceed().Out);
        string[] probe = ["probe", "--data", Path.Combine("datasets", "tidepool"), "--weights", "attic", "--json"];
        var (two, one) = (Run(2, probe).ShouldSucceed().Json.Single(), Run(1, probe).ShouldSucceed().Json.Single());
        foreach (var key in new[] { "top1", "cross_top1", "penalty", "images" })
            ((double)two[key]!).ShouldBe((double)one[key]!, key);
    }

    [SkippableFact]
    public void Evaluation_and_ensembles_divide_their_images_and_say_the_same()
    {
        RequireMpi();
        var run = _tiny.Folder("run");
        Finetune.Run("train", "--data", _tiny.Data, "--model", "cifar_resnet20", "--out", run.Path, "--set",
            "input.size=16", "input.resize=18", "epochs=2", "snapshots=2", "head.dropout=0.3", "threads=1", "optimizer.lr=0.05")
            .ShouldSucceed();
        string[] divided = ["--run", run.Path, "--split", "train", "--json"]; // 36 images are two batches
        string[] eval = ["eval", .. divided, "--tta", "random:2", "--mc", "3"], ensemble = ["ensemble", .. divided, "--method", "soup"];
        Run(2, eval).ShouldSucceed().Out.ShouldBe(Run(1, eval).ShouldSucceed().Out);
        Run(2, ensemble).ShouldSucceed().Out.ShouldBe(Run(1, ensemble).ShouldSucceed().Out);

        var (saved, page) = (Path.Combine(_tiny.Root, "saved"), Path.Combine(_tiny.Root, "page.html"));
        Run(2, "ensemble", "--run", run.Path, "--save", saved, "--report", page, "--against", run.Path).ShouldSucceed();
        File.Exists(page).ShouldBeTrue();
        string[] whole = ["eval", "--run", saved, "--json"]; // 15 images, which are one batch
        Run(2, whole).ShouldSucceed().Out.ShouldBe(Run(1, whole).ShouldSucceed().Out);
    }

    [SkippableFact]
    public void Test_images_are_opened_once_by_all_ranks_and_ranks_with_other_weights_are_named()
    {
        RequireMpi();
        CopyFolder(Path.Combine(_tiny.Data, "train"), Path.Combine(_tiny.Data, "test"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_tiny.Data, "test"), "*", SearchOption.AllDirectories))
            File.AppendAllText(file, "x"); // other files than those that are trained on
        var (a, b) = (_tiny.Folder("a"), _tiny.Folder("b"));
        foreach (var (folder, seed) in new[] { (a, 1), (b, 2) })
        {
            Finetune.Run("train", "--data", _tiny.Data, "--model", "cifar_resnet20", "--out", folder.Path, "--seed", $"{seed}", "--set",
                "input.size=16", "input.resize=18", "epochs=1", "optimizer.lr=0.05", "allow_duplicates=true").ShouldSucceed();
        }

        Run(2, "eval", "--run", a.Path, "--split", "test").ShouldSucceed();
        File.ReadAllLines(a.TestOpened).ShouldHaveSingleItem();
        string[] Of(RunFolder run) => ["-n", "1", .. Finetune.Program, "eval", "--run", run.Path, "--split", "train"];
        var (code, _, error) = Finetune.RunProgram(Mpirun!, ["--allow-run-as-root", "--oversubscribe", .. Of(a), ":", .. Of(b)]);
        code.ShouldNotBe(0);
        error.ShouldContain("has another set of weights than rank 0");
    }

    [SkippableFact]
    public void Ranks_that_differ_are_named()
    {
        RequireMpi();
        var other = Path.Combine(_tiny.Root, "other");
        CopyFolder(_tiny.Data, Path.Combine(other, "data"));
        var gone = Directory.EnumerateFiles(Path.Combine(other, "data", "train"), "*", SearchOption.AllDirectories).Order().First();
        File.Delete(gone);
        var name = Path.GetRelativePath(Path.Combine(other, "data"), gone);
        var seen = Apart([.. Settings], [.. Settings.Select(s => s == _tiny.Data ? Path.Combine(other, "data") : s)]);
        seen.Code.ShouldNotBe(0);
        seen.Error.ShouldContain($"has another images than rank 0");
        seen.Error.ShouldContain($"'{name}'");
        Apart([.. Settings], [.. Settings, "epochs=4"]).Error.ShouldContain("recipe than rank 0");
        Apart([.. Settings], [.. Settings, "epochs=4"]).Error.ShouldContain("epochs is 4 and not 3");
        _tiny.Folder("apart").Path.ShouldSatisfyAllConditions(p => Directory.Exists(p).ShouldBeFalse());
    }

    [SkippableFact]
    public void A_rank_that_fails_or_hangs_ends_the_run_and_is_named()
    {
        RequireMpi();
        Finetune.RunProgram(Mpirun!, [.. Under(2), "predict", "--run", "nowhere", "x"]).Error
            .ShouldContain("mpirun started 2 processes, but `finetune predict` is for one");
        var folder = _tiny.Folder("hangs");
        using var process = Finetune.StartProgram(
            Mpirun!, [.. Under(2), "train", .. Settings, "epochs=1000000", "all_reduce_timeout=2", "--out", folder.Path]);
        while (!process.HasExited && !(File.Exists(folder.Metrics) && File.ReadLines(folder.Metrics).Any()))
            Thread.Sleep(20);
        var second = Children(process.Id).Order().Last();
        Finetune.RunProgram("kill", ["-STOP", $"{second}"]);
        var (code, _, error) = Finetune.End(process);
        code.ShouldNotBe(0);
        error.ShouldContain("has not answered for 2 s");
        error.ShouldContain("Rank ");
        Finetune.Run("inspect", folder.Last).Code.ShouldBe(0);
    }

    public void Dispose() => _tiny.Dispose();

    private static void RequireMpi() => Skip.If(Mpirun is null, "Open MPI's mpirun is not installed (apt install openmpi-bin)");

    private static IEnumerable<string> Under(int ranks) =>
        ["--allow-run-as-root", "--oversubscribe", "-n", $"{ranks}", .. Finetune.Program];

    private static Outcome Run(int ranks, params string[] arguments) => ranks == 1
        ? Finetune.Run(arguments)
        : Finetune.RunProgram(Mpirun!, [.. Under(ranks), .. arguments]);

    private Outcome Train(int ranks, RunFolder folder, params string[] more) =>
        Run(ranks, ["train", .. Settings, .. more, "--out", folder.Path, "--json"]);

    /// <summary>Two ranks that were told different things.</summary>
    private Outcome Apart(string[] first, string[] second)
    {
        string[] Train(string[] settings) => ["-n", "1", .. Finetune.Program, "train", .. settings, "--out", _tiny.Folder("apart").Path];
        return Finetune.RunProgram(Mpirun!, ["--allow-run-as-root", "--oversubscribe", .. Train(first), ":", .. Train(second)]);
    }

    private static IEnumerable<int> Children(int parent) =>
        Finetune.RunProgram("pgrep", ["-P", $"{parent}"]).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    private static string? Hash(RunFolder folder) => (string?)JsonNode.Parse(File.ReadAllText(folder.Manifest))!["final_weights_sha256"];

    /// <summary>Losses and scores of all epochs.</summary>
    private static double[] Figures(RunFolder folder) =>
        [.. File.ReadLines(folder.Metrics).Select(l => JsonNode.Parse(l)!)
            .SelectMany(n => new[] { "train_loss", "train_top1", "val_top1", "val_nll" }.Select(k => (double)n[k]!))];

    private static Dictionary<string, string> TensorsOf(string file) =>
        WeightFile.Read(file).ToDictionary(t => t.Key, t => Convert.ToHexString(t.Value.Bytes.Span));

    /// <summary>Of the weights and statistics of two runs, relative to their norm.</summary>
    private static double Distance(RunFolder a, RunFolder b)
    {
        var (difference, norm) = (0.0, 0.0);
        var other = WeightFile.Read(b.Last);
        foreach (var (name, data) in WeightFile.Read(a.Last).Where(t => t.Value.Type == TensorType.Float32))
        {
            foreach (var (x, y) in data.ToFloats().Zip(other[name].ToFloats()))
                (difference, norm) = (difference + ((x - y) * (x - y)), norm + (y * y));
        }

        return Math.Sqrt(difference / norm);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
