using FineTune.Tests.Data;
using FineTune.Tests.Weights;

namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class BadWeightsTests(TrainedRun run) : IDisposable
{
    private readonly ImageTree _tree = Photos.AntsAndBees();

    public void Dispose()
    {
        Directory.Exists(_tree.PathOf("run")).ShouldBeFalse("a failure must leave no run folder");
        _tree.Dispose();
    }

    [Fact]
    public void Weights_of_another_architecture_are_said_to_be_so()
    {
        var weights = Path.Combine(run.Folder, "checkpoints", "best.safetensors");

        Finetune.Run("train", "--data", run.Data, "--model", "mobilenet_v1_025", "--weights", weights, "--out", _tree.PathOf("run"))
            .ShouldFail("does not fit mobilenet_v1_025", "another architecture");
        Finetune.Run("eval", "--data", run.Data, "--model", "cifar_resnet32", "--weights", weights).ShouldFail("does not fit cifar_resnet32", "layer1.3.conv1.weight");
    }

    [Fact]
    public void Weights_for_other_classes_are_refused_by_eval()
    {
        _tree.Pictures("data/cat", 2);

        Finetune.Run("eval", "--data", _tree.PathOf("data"), "--weights", Path.Combine(run.Folder, "checkpoints", "best.safetensors")).ShouldFail("cat");
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_by_every_verb_that_loads_them()
    {
        var shipped = FineTune.Weights.WeightFile.Read(Path.Combine(Repo.Root, "models", "cifar_resnet20-attic.safetensors"));
        var path = _tree.PathOf("spoilt.safetensors");
        FineTune.Weights.SafetensorsWriter.Write(path, Transfer.WeightLoaderTests.Altered(shipped, "layer2.0.bn1.running_var", float.NaN));
        string[] says = ["spoilt.safetensors", "'layer2.0.bn1.running_var' are not finite"];
        string[] model = ["--model", "cifar_resnet20", "--weights", path];

        Finetune.Run(_tree.Training("--weights", path)).ShouldFail(says);
        Finetune.Run(["find-lr", "--data", run.Data, .. model]).ShouldFail(says);
        Finetune.Run(["eval", "--data", run.Data, .. model]).ShouldFail(says);
        Finetune.Run(["predict", run.Photo, .. model]).ShouldFail(says);
        Finetune.Run("probe", "--data", run.Data, "--weights", $"cifar_resnet20={path}").ShouldFail(says);
        Finetune.Run("gradcheck", "cifar_resnet20", "--weights", path).ShouldFail(says);
    }

    [Fact]
    public void Truncated_pth_is_refused()
    {
        var whole = ZipWriter.Torch(PickleWriter.Dict(4, 0, [4], [1]), new byte[16]);

        foreach (var length in new[] { 0, whole.Length - 1 })
        {
            _tree.Bytes("cut.pth", whole[..length]);
            Finetune.Run(_tree.Training("--weights", _tree.PathOf("cut.pth"))).ShouldFail("cut.pth");
        }
    }

    [Fact]
    public void Pickle_that_calls_os_system_is_refused_and_the_command_does_not_run()
    {
        var marker = _tree.PathOf("ran");
        var pickle = new PickleWriter().Global("posix", "system").Op('(').Text($"touch '{marker}'").Op('t').Op('R').Stop().ToArray();
        _tree.Bytes("zip.pth", ZipWriter.Torch(pickle, [])).Bytes("bare.pth", pickle);

        Finetune.Run(_tree.Training("--weights", _tree.PathOf("zip.pth"))).ShouldFail("zip.pth", "posix.system", "was not read");
        Finetune.Run(_tree.Training("--weights", _tree.PathOf("bare.pth"))).ShouldFail("bare.pth", "torch.save did not write");
        File.Exists(marker).ShouldBeFalse();
    }

    [Fact]
    public void File_that_is_not_there_is_named() => Finetune.Run(_tree.Training("--weights", "nofile.pth")).ShouldFail("'nofile.pth'");

    [Fact]
    public void File_that_is_no_weights_is_named() => Finetune.Run(_tree.Training("--weights", run.Photo)).ShouldFail("000.bmp", "no known format");

    [Fact]
    public void Unknown_model_is_answered_with_the_nearest() =>
        Finetune.Run("train", "--data", run.Data, "--model", "resnet81", "--out", _tree.PathOf("run")).ShouldFail("Unknown model 'resnet81'", "'resnet18'");
}
