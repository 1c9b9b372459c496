using FineTune.Tests.Data;
using FineTune.Tests.Weights;
using FineTune.Weights;

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
        Finetune.Run("eval", "--data", run.Data, "--model", "cifar_resnet32", "--weights", weights)
            .ShouldFail("does not fit cifar_resnet32", "layer1.3.conv1.weight");
    }

    [Fact]
    public void Weights_for_other_classes_are_refused_by_eval()
    {
        _tree.Pictures("data/cat", 2);

        Finetune.Run("eval", "--data", _tree.PathOf("data"), "--weights", Path.Combine(run.Folder, "checkpoints", "best.safetensors"))
            .ShouldFail("cat");
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_by_every_verb_that_loads_them()
    {
        var shipped = WeightFile.Read(Path.Combine(Repo.Root, "models", "cifar_resnet20-attic.safetensors"));
        var path = _tree.PathOf("spoilt.safetensors");
        SafetensorsWriter.Write(path, Transfer.WeightLoaderTests.Altered(shipped, "layer2.0.bn1.running_var", float.NaN));
        string[] says = ["spoilt.safetensors", "'layer2.0.bn1.running_var' are not finite"];
        string[] model = ["--model", "cifar_resnet20", "--weights", path];

        Finetune.Run(_tree.Training("--weights", path)).ShouldFail(says);
        Finetune.Run(["find-lr", "--data", run.Data, .. model]).ShouldFail(says);
        Finetune.Run(["eval", "--data", run.Data, .. model]).ShouldFail(says);
        Finetune.Run(["predict", run.Photo, .. model]).ShouldFail(says);
        Finetune.Run("probe", "--data", run.Data, "--weights", $"cifar_resnet20={path}").ShouldFail(says);
        Finetune.Run("gradcheck", "cifar_resnet20", "--weights", path).ShouldFail(says);
        var inspected = Finetune.Run("inspect", path);
        inspected.Code.ShouldBe(1);
        inspected.Out.ShouldContain("UNUSABLE: 1 of the 32 values of 'layer2.0.bn1.running_var' are not finite (NaN or infinity)");
    }

    [Theory]
    [InlineData("FloatStorage", 4)]
    [InlineData("LongStorage", 2)] // whole numbers are read too
    public void Inspect_finds_damaged_values(string type, int count)
    {
        var pickle = new PickleWriter().Op('}').Text("w").Tensor(count, 0, [count], [1], type).Op('s').Stop().ToArray();
        var path = _tree.PathOf("damaged.pth");
        File.WriteAllBytes(path, new ZipWriter().Add("x/data.pkl", pickle).Add("x/data/0", new byte[16], crc: 1).ToArray());
        Finetune.Run("inspect", path).ShouldFail("damaged.pth", "'x/data/0' is damaged");
    }

    [Fact]
    public void A_folder_of_weights_is_inspected_as_its_index_says()
    {
        var folder = Directory.CreateDirectory(_tree.PathOf("sharded")).FullName;
        SafetensorsWriter.Write(Path.Combine(folder, "1.safetensors"), new() { { "w", TensorData.From([1f], 1) } });
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), """{"weight_map":{"w":"1.safetensors"}}""");
        Finetune.Run("inspect", folder).ShouldSucceed().Out.ShouldContain("1 tensors, 1 values");
        File.Delete(Path.Combine(folder, "1.safetensors"));
        Finetune.Run("inspect", folder).ShouldFail("its shard '1.safetensors' is missing");
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

    [Theory]
    [InlineData("classes", """["ant"]""", "names 1 class, but its head has 2 outputs")]
    [InlineData("classes", """["ant", "bee", "cat"]""", "names 3 classes, but its head has 2 outputs")]
    [InlineData("classes", """["ant", "ant"]""", "names 'ant' more than once")]
    [InlineData("classes", """["ant", null]""", "not a list of names")]
    [InlineData("classes", """["ant", ""]""", "an empty name")]
    [InlineData("classes", "[]", "is empty")]
    [InlineData("classes", """{"ant": 0}""", "not a list of names")]
    [InlineData("classes", "null", "not a list of names")]
    [InlineData("classes", "ant and bee", "not a list of names")]
    [InlineData("input", """{"input_size":20000,"resize_to":32,"mean":[0,0,0],"std":[1,1,1]}""", "input of 20000 pixels", "8 to 4096")]
    [InlineData("input", """{"input_size":32,"resize_to":60000,"mean":[0,0,0],"std":[1,1,1]}""", "resize to 60000 pixels", "8 to 8192")]
    [InlineData("input", """{"input_size":32,"resize_to":-1,"mean":[0,0,0],"std":[1,1,1]}""", "resize to -1 pixels", "8 to 8192")]
    [InlineData("input", """{"input_size":32,"resize_to":32,"mean":[0,0],"std":[1,1,1]}""", "mean of [0, 0]", "three finite numbers")]
    [InlineData("input", """{"input_size":32,"resize_to":32,"mean":["NaN",0,0],"std":[1,1,1]}""", "mean of [NaN, 0, 0]")]
    [InlineData("input", """{"input_size":32,"resize_to":32,"mean":[0,0,0],"std":[1,0,1]}""", "standard deviation of [1, 0, 1]", "above 0")]
    [InlineData("input", """{"input_size":32,"resize_to":32,"mean":[0,0,0],"std":[1,1,-1]}""", "standard deviation of [1, 1, -1]")]
    [InlineData("input", """{"input_size":32,"resize_to":32,"mean":null,"std":[1,1,1]}""", "input that cannot be read")]
    [InlineData("input", "{}", "input that cannot be read")]
    [InlineData("stochastic_layers", "{}", "stochastic layers that cannot be read")]
    [InlineData("head", "mlp 9999999", "head that cannot be")]
    public void Metadata_that_cannot_be_is_one_sentence(string key, string value, params string[] says)
    {
        var weights = _tree.PathOf("altered.safetensors");
        AlteredWeights.Write(Path.Combine(run.Folder, "checkpoints", "best.safetensors"), weights, key, value);

        Finetune.Run("predict", "--weights", weights, run.Photo).ShouldFail([weights, .. says]);
        Outcome.Sentence(Should.Throw<FineTuneException>(() => FineTune.Experiment.LoadedModel.Open(null, weights)).Message, says);
        var inspected = Finetune.Run("inspect", weights);
        inspected.Code.ShouldBe(1);
        foreach (var words in says)
            inspected.Out.ShouldMatch($"UNUSABLE: .*{System.Text.RegularExpressions.Regex.Escape(words)}");
    }

    [Fact]
    public void Inspect_says_what_weights_claim_to_be_and_whether_they_are()
    {
        var best = Path.Combine(run.Folder, "checkpoints", "best.safetensors");
        Finetune.Run("inspect", best).ShouldSucceed().Out.ShouldContain("says that it is of cifar_resnet20");
        var weights = _tree.PathOf("altered.safetensors");
        AlteredWeights.Write(best, weights, "arch", "mobilenet_v1_025");
        var inspected = Finetune.Run("inspect", weights);
        inspected.Code.ShouldBe(1);
        inspected.Out.ShouldContain("UNUSABLE: ");
        inspected.Out.ShouldContain("does not fit mobilenet_v1_025");
        AlteredWeights.Write(best, weights, "arch", "resnet_of_another_tool");
        Finetune.Run("inspect", weights).ShouldSucceed().Out.ShouldContain("says that it is of resnet_of_another_tool");
    }

    [Fact]
    public void Weights_of_nothing_but_zeros_are_refused()
    {
        var shipped = WeightFile.Read(Path.Combine(Repo.Root, "models", "cifar_resnet20-attic.safetensors"));
        var path = _tree.PathOf("zeros.safetensors");
        SafetensorsWriter.Write(path, shipped.Select((name, data) => data.Type == TensorType.Float32 && data.Shape.Count > 1
            ? TensorData.From(new float[data.Count], [.. data.Shape])
            : data));

        Finetune.Run(_tree.Training("--weights", path)).ShouldFail(path, "matrices and filters are 0: it holds no trained weights");
    }

    [Fact]
    public void Another_tools_number_of_classes_is_no_list_and_no_fault()
    {
        var weights = _tree.PathOf("altered.safetensors");
        AlteredWeights.Write(Path.Combine(run.Folder, "checkpoints", "best.safetensors"), weights, "classes", "2");

        Finetune.Run("predict", "--weights", weights, run.Photo).ShouldSucceed().Out.ShouldContain("class");
    }

    [Fact]
    public void File_that_is_not_there_is_named() => Finetune.Run(_tree.Training("--weights", "nofile.pth")).ShouldFail("'nofile.pth'");

    [Fact]
    public void File_that_is_no_weights_is_named() => Finetune.Run(_tree.Training("--weights", run.Photo))
        .ShouldFail("000.bmp", "no known format");

    [Fact]
    public void Unknown_model_is_answered_with_the_nearest() =>
        Finetune.Run("train", "--data", run.Data, "--model", "resnet81", "--out", _tree.PathOf("run"))
            .ShouldFail("Unknown model 'resnet81'", "'resnet18'");
}
