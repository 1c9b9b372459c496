using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>Objects beside the tensors: dropped, whatever is put into them, and told by the name of their class.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)] // one looks at the memory in use
public sealed class PickleInertTests
{
    [Theory]
    [InlineData("objects-zip.pth")]
    [InlineData("objects-legacy.pth")]
    public void What_training_programs_keep_beside_the_weights_is_told_and_not_read(string file)
    {
        var state = WeightFile.Read(Golden.Path(file));
        state.NotRead.Take(8).ShouldBe(
        [
            "pathlib.PosixPath", "pathlib.PureWindowsPath", "datetime.datetime", "datetime.timezone", "datetime.timedelta",
            "argparse.Namespace", "__main__.Phase", "__main__.Config",
        ]);
        state.Notes.ShouldHaveSingleItem().ShouldContain("FILE#model_ema");
        WeightFile.Read(Golden.Path(file), entry: "model_ema").Values.ShouldAllBe(t => t.ToFloats().All(v => v == 0));
    }

    [Theory]
    [InlineData("my.package", "Config")]
    [InlineData("pathlib", "WindowsPath")]
    [InlineData("numpy", "float64")]
    [InlineData("omegaconf.dictconfig", "DictConfig")]
    [InlineData("torch.optim.sgd", "SGD")]
    [InlineData("torchvision.transforms.transforms", "Resize")]
    public void An_object_of_an_ordinary_class_is_dropped(string module, string name)
    {
        foreach (var call in new[] { 'R', (char)0x81 }) // REDUCE and NEWOBJ, then BUILD
        {
            var state = Read(p => p.Text("x").Global(module, name).Op(')').Op(call).Op('}').Text("a").Op('N').Op('s').Op('b').Op('s'));
            state.Keys.ShouldBe(["w"]);
            state.NotRead.ShouldBe([$"{module}.{name}"]);
        }
    }

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("OS", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("builtins", "exec")]
    [InlineData("builtins", "type")]
    [InlineData("operator", "attrgetter")]
    [InlineData("importlib", "import_module")]
    [InlineData("runpy", "_run_code")]
    [InlineData("webbrowser", "open")]
    [InlineData("shutil", "rmtree")]
    [InlineData("pickle", "loads")]
    [InlineData("ctypes", "CDLL")]
    [InlineData("pip", "main")]
    [InlineData("my.package", "Config.method")]
    [InlineData("my.package", "__reduce__")]
    [InlineData("torch", "load")]
    [InlineData("torch.nn.modules.module", "_addindent")]
    [InlineData("torch.jit", "ScriptModule")]
    public void A_name_that_runs_code_is_refused_even_beside_the_tensors(string module, string name) =>
        Refusal(p => p.Text("x").Global(module, name).Op(')').Op('R').Op('s')).ShouldContain("asks to call");

    /// <summary>Python 3.11 writes an enum's member so.</summary>
    [Fact]
    public void A_member_of_an_ordinary_class_is_dropped_and_every_other_attribute_refused()
    {
        Read(p => p.Text("x").Global("__builtin__", "getattr").Global("my", "Phase").Text("WARM").Op(0x86).Op('R').Op('s'))
            .NotRead.ShouldBe(["my.Phase"]);
        Refusal(p => p.Text("x").Global("__builtin__", "getattr").Global("my", "Phase").Text("__subclasses__").Op(0x86).Op('R').Op('s'))
            .ShouldContain("'builtins.getattr'");
        Refusal(p => p.Text("x").Global("__builtin__", "getattr").Op('}').Text("keys").Op(0x86).Op('R').Op('s'))
            .ShouldContain("'builtins.getattr'");
        Refusal(
            p => p.Text("x").Global("__builtin__", "getattr").Global("my", "Phase").Text("WARM").Op(0x86).Op('R').Op(')').Op('R').Op('s'))
            .ShouldContain("calls what is not a function");
    }

    [Fact]
    public void An_object_in_place_of_a_tensor_is_refused_with_its_name_and_class()
    {
        Refusal(p => p.Text("conv.weight").Global("my", "Quantised").Op(')').Op('R').Op('s'))
            .ShouldContain("its 'conv.weight' is an object of 'my.Quantised' where a tensor is expected");
        Refusal(
            p => p.Text("conv.weight").Global("numpy.core.multiarray", "_reconstruct").Global("numpy", "ndarray").Op(0x85).Op('R').Op('s'))
            .ShouldContain("torch.as_tensor(v)");
    }

    [Fact]
    public void A_whole_network_is_refused_with_what_to_do()
    {
        Scratch.Refusal(ZipWriter.Torch(new PickleWriter().Global("my", "Net").Op(')').Op('R').Stop().ToArray(), []))
            .ShouldContain("a whole object of 'my.Net', not a dict of tensors; save its state dict, in Python: "
                + "torch.save(model.state_dict()");
        var entry = new PickleWriter().Op('}').Text("epoch").Op('K').Op(3).Op('s').Text("model").Global("my", "Net")
            .Op(')').Op('R').Op('s').Stop();
        Scratch.Refusal(ZipWriter.Torch(entry.ToArray(), []))
            .ShouldContain("its entries are epoch, model, of which 'model' is an object of 'my.Net'");
    }

    [Fact]
    public void Nothing_that_is_put_into_an_object_is_kept()
    {
        using var reader = new Unpickled(p =>
        {
            p.Global("my", "List").Op(')').Op('R');
            for (var i = 0; i < 16; i++)
                p.Text(new string('a', 1 << 20)).Op('a'); // APPEND
            for (var i = 0; i < 16; i++)
                p.Text("k").Text(new string('a', 1 << 20)).Op('s'); // SETITEM
        });
        reader.Value.ShouldBeOfType<PickleInert>().Class.ShouldBe("my.List");
        reader.Kept.ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public void Objects_within_objects_need_no_stack()
    {
        var pickle = new PickleWriter().Op('}').Text("x").Global("my", "Node").Op((byte)'q', 0);
        for (var i = 0; i < 200_000; i++)
            pickle.Op((byte)'h', 0);
        pickle.Op('N');
        for (var i = 0; i <= 200_000; i++)
            pickle.Op(0x85).Op('R');
        pickle.Op('s').Text("w").Tensor(6, 0, [6], [1]).Op('s');
        Scratch.Read(ZipWriter.Torch(pickle.Stop().ToArray(), new byte[24])).Keys.ShouldBe(["w"]);
    }

    [Fact]
    public void Endless_classes_and_endless_names_end_at_a_limit()
    {
        Refusal(p =>
        {
            for (var i = 0; i < 1001; i++)
                p.Global("my", "C" + i);
            return p;
        }).ShouldContain("names more than 1000 classes");
        Refusal(p => p.Text(new string('m', 2000)).Text("C").Op(0x93)).ShouldContain("a name of more than 1024 characters");
    }

    private static StateDict Read(Func<PickleWriter, PickleWriter> add) => Scratch.Read(File(add));

    private static string Refusal(Func<PickleWriter, PickleWriter> add) => Scratch.Refusal(File(add));

    private static byte[] File(Func<PickleWriter, PickleWriter> add) =>
        ZipWriter.Torch(add(new PickleWriter().Op('}').Text("w").Tensor(6, 0, [6], [1]).Op('s')).Stop().ToArray(), new byte[24]);

    /// <summary>What a pickle gives, and how many bytes of memory stay in use with the reader.</summary>
    private sealed class Unpickled : IDisposable
    {
        private readonly WeightInput _input;

        public Unpickled(Action<PickleWriter> write)
        {
            var writer = new PickleWriter();
            write(writer);
            _input = WeightInput.Of("x.pth", writer.Stop().ToArray(), WeightLimits.Default);
            var unpickler = new Unpickler(_input, _ => throw new NotSupportedException());
            var before = GC.GetTotalMemory(forceFullCollection: true);
            Value = unpickler.Load(new PickleBytes(_input, 0, _input.Length));
            Kept = GC.GetTotalMemory(forceFullCollection: true) - before;
            GC.KeepAlive(unpickler);
        }

        public object? Value { get; }

        public long Kept { get; }

        public void Dispose() => _input.Dispose();
    }
}
