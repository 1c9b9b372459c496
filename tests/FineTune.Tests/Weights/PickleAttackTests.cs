using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>Pickles that ask for more than a state dict needs. Each is refused in one sentence, whatever wraps it.</summary>
public sealed class PickleAttackTests
{
    [Theory]
    [InlineData("evil-zip.pth")]
    [InlineData("evil-legacy.pth")]
    public void A_pickle_that_calls_os_system_is_refused_by_name(string file)
    {
        var path = Golden.Path(file);
        Should.Throw<WeightException>(() => WeightFile.Read(path)).Message
            .ShouldBe($"'{path}' asks to call 'os.system' (posix.system) when loaded: it is not a plain state dict, and was not read.");
    }

    [Fact]
    public void A_pickled_module_is_refused_by_name() =>
        Should.Throw<WeightException>(() => WeightFile.Read(Golden.Path("module-zip.pth")))
            .Message.ShouldContain("'torch.nn.modules.container.Sequential'");

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("builtins", "getattr")]
    [InlineData("nt", "system")]
    [InlineData("os", "system")]
    [InlineData("torch", "os.system")]
    [InlineData("torch._utils", "importlib.import_module")]
    [InlineData("collections", "OrderedDict.__init__")]
    [InlineData("torch.hub", "load")]
    [InlineData("functools", "partial")]
    [InlineData("", "")]
    [InlineData("Torch", "FloatStorage")]
    public void Only_names_of_the_table_are_known(string module, string name)
    {
        Refusal(new PickleWriter().Global(module, name).Op(')').Op('R').Stop()).ShouldContain("asks to call");
        Refusal(new PickleWriter().Text(module).Text(name).Op(0x93).Op(')').Op('R').Stop()).ShouldContain($"{name}'");
        Refusal(new PickleWriter().Op('(').Op('i').Op(System.Text.Encoding.ASCII.GetBytes($"{module}\n{name}\n")).Stop())
            .ShouldContain("asks to call");
    }

    [Fact]
    public void INST_is_refused_even_for_names_of_the_table() =>
        Refusal(new PickleWriter().Op('(').Op('i').Op("collections\nOrderedDict\n"u8.ToArray()).Stop())
            .ShouldContain("collections.OrderedDict");

    [Theory]
    [InlineData('o')] // OBJ
    [InlineData('I')] // INT as text
    [InlineData('L')] // LONG as text
    [InlineData('S')] // STRING as text
    [InlineData('V')] // UNICODE as text
    [InlineData('P')] // PERSID as text
    [InlineData('2')] // DUP
    [InlineData('\x82')] // EXT1
    [InlineData('\x84')] // EXT4
    [InlineData('\x8b')] // LONG4
    [InlineData('\x8d')] // BINUNICODE8
    [InlineData('\x92')] // NEWOBJ_EX
    [InlineData('\x97')] // NEXT_BUFFER
    [InlineData('\xff')]
    public void Operations_that_state_dicts_do_not_use_are_refused(char op) =>
        Refusal(new PickleWriter().Op('N').Op(op).Stop()).ShouldContain($"the operation 0x{(int)op:x2}");

    [Fact]
    public void Values_are_not_callable()
    {
        Refusal(new PickleWriter().Text("os.system").Op(')').Op('R').Stop()).ShouldContain("calls what is not a function");
        Refusal(new PickleWriter().Global("torch", "FloatStorage").Op(')').Op('R').Stop()).ShouldContain("calls a type");
        Refusal(new PickleWriter().Text("x").Op('}').Op('b').Stop()).ShouldContain("sets the attributes");
        Refusal(new PickleWriter().Text("x").Op('N').Op('a').Stop()).ShouldContain("appends to what is not a list");
        Refusal(new PickleWriter().Text("x").Op('N').Op('N').Op('s').Stop()).ShouldContain("sets items of what is not a dict");
    }

    [Fact]
    public void The_stack_has_a_floor()
    {
        Refusal(new PickleWriter().Stop()).ShouldContain("empty stack");
        Refusal(new PickleWriter().Op('N').Op('(').Op((byte)'q', 0).Stop()).ShouldContain("empty stack");
        Refusal(new PickleWriter().Op('t').Stop()).ShouldContain("never opened");
        Refusal(new PickleWriter().Op('h').Op(7).Stop()).ShouldContain("recalls value 7");
        Refusal(new PickleWriter().Op('N').Op('Q').Stop()).ShouldContain("not a tuple");
        Refusal(new PickleWriter().Op('}').Op('(').Op('N').Op('u').Stop()).ShouldContain("a key without a value");
    }

    [Fact]
    public void Lengths_are_checked_before_anything_is_allocated()
    {
        Refusal(new PickleWriter().Op('X').UInt32(uint.MaxValue).Op('a').Stop()).ShouldContain("a string of 4294967295 bytes");
        Refusal(new PickleWriter().Op('T').UInt32(0x80000000).Op('a').Stop()).ShouldContain("a string of 2147483648 bytes");
        Refusal(new PickleWriter().Op('X').UInt32(1000).Op('a').Stop()).ShouldContain("cut short");
        Refusal(new PickleWriter().Op(0x8a, 255).Op('a').Stop()).ShouldContain("cut short");
        Refusal(new PickleWriter().Op('X').UInt32(2).Op(0xc3, 0x28).Stop()).ShouldContain("not UTF-8");
        Refusal(new PickleWriter().Op('c').Op(new byte[2000])).ShouldContain("a name of more than 512 characters");
    }

    [Fact]
    public void Deep_nesting_and_bombs_end_at_a_limit()
    {
        var deep = new PickleWriter();
        deep.Op('N');
        for (var i = 0; i < 300_000; i++)
            deep.Op(0x85);
        Refusal(deep.Stop()).ShouldContain("no dict of tensors");

        var limits = new WeightLimits { MaxPickleStack = 1000, MaxPickleMemo = 1000, MaxPickleOperations = 5000 };
        var flat = new PickleWriter();
        var marks = new PickleWriter();
        var memo = new PickleWriter().Op('N');
        var operations = new PickleWriter().Op('N');
        for (var i = 0; i < 3000; i++)
        {
            flat.Op('N');
            marks.Op('(');
            memo.Op('r').UInt32((uint)i * 1_000_003);
            operations.Op((byte)'q', 0).Op((byte)'q', 0);
        }

        Refusal(flat.Stop(), limits).ShouldContain("more than 1000 values on its stack");
        Refusal(marks.Stop(), limits).ShouldContain("more than 1000 values on its stack");
        Refusal(memo.Stop(), limits).ShouldContain("remembers more than 1000");
        Refusal(operations.Stop(), limits).ShouldContain("more than 5000 operations");
    }

    [Fact]
    public void Copying_one_list_again_and_again_counts_as_work()
    {
        var bomb = new PickleWriter().Op(']').Op('(');
        for (var i = 0; i < 100; i++)
            bomb.Text("k" + i).Op('N').Op(0x86);
        bomb.Op('e').Op(0x85).Op((byte)'q', 0);
        for (var i = 0; i < 100; i++)
            bomb.Global("collections", "OrderedDict").Op((byte)'h', 0).Op('R');
        Refusal(bomb.Stop(), new WeightLimits { MaxPickleOperations = 5000 }).ShouldContain("more than 5000 operations");
    }

    [Fact]
    public void Control_characters_of_a_name_do_not_reach_the_terminal() =>
        Refusal(new PickleWriter().Global("\x1b[2Jos", "system").Op(')').Op('R').Stop()).ShouldNotContain("\x1b");

    [Theory]
    [InlineData(6, 0, new long[] { 7 }, new long[] { 1 })]
    [InlineData(6, 1, new long[] { 2, 3 }, new long[] { 3, 1 })]
    [InlineData(6, -1, new long[] { 2 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { 2 }, new long[] { -1 })]
    [InlineData(6, 0, new long[] { 2 }, new long[] { long.MaxValue })]
    [InlineData(6, long.MaxValue, new long[] { 1 }, new long[] { 1 })]
    [InlineData(6, 6, new long[] { }, new long[] { })]
    [InlineData(6, 0, new long[] { -2, -3 }, new long[] { 3, 1 })]
    [InlineData(6, 0, new long[] { 1L << 32, 1L << 32 }, new long[] { 0, 0 })]
    [InlineData(6, 0, new long[] { 3, 3 }, new long[] { 1L << 62, 1L << 62 })]
    [InlineData(6, 7, new long[] { 0 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1 })]
    public void A_view_beyond_its_storage_is_refused(long count, long offset, long[] shape, long[] stride) =>
        Scratch.Refusal(ZipWriter.Torch(PickleWriter.Dict(count, offset, shape, stride), new byte[24])).ShouldNotContain("cut short");

    [Fact]
    public void A_small_storage_is_not_expanded_without_end()
    {
        var pickle = PickleWriter.Dict(6, 0, [1 << 20, 6], [0, 1]);
        Scratch.Refusal(ZipWriter.Torch(pickle, new byte[24]), new WeightLimits { MaxExpandedBytes = 1 << 20 })
            .ShouldContain("views repeat elements");
        Scratch.Read(ZipWriter.Torch(pickle, new byte[24]))["w"].Count.ShouldBe(6 << 20);
    }

    [Fact]
    public void A_storage_that_lies_about_its_size_is_refused()
    {
        var honest = PickleWriter.Dict(6, 0, [6], [1]);
        Scratch.Refusal(ZipWriter.Torch(honest, new byte[20])).ShouldContain("has 20 bytes where its tensors say 24");
        Scratch.Refusal(ZipWriter.Torch(honest, new byte[28])).ShouldContain("has 28 bytes where its tensors say 24");
        Scratch.Refusal(ZipWriter.Torch(PickleWriter.Dict(1L << 40, 0, [1L << 29], [1]), new byte[24]))
            .ShouldContain("storage '0' is said to have");
        Scratch.Refusal(ZipWriter.Torch(PickleWriter.Dict(-6, 0, [6], [1]), new byte[24])).ShouldContain("storage '0' is said to have");
        var twice = new PickleWriter().Op('}').Text("w").Tensor(6, 0, [6], [1]).Op('s').Text("v").Tensor(5, 0, [5], [1]).Op('s').Stop();
        Scratch.Refusal(ZipWriter.Torch(twice.ToArray(), new byte[24])).ShouldContain("named twice");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", honest).ToArray()).ShouldContain("storage '0' is missing");
    }

    [Fact]
    public void Values_that_are_no_weights_do_no_harm()
    {
        var pickle = new PickleWriter().Op('}').Text("n").Global("numpy.core.multiarray", "scalar").Op('(')
            .Global("numpy", "dtype").Op('(').Text("f8").Op(0x89).Op(0x88).Op('t').Op('R').Op('(').Op('N').Op('t').Op('b')
            .Global("_codecs", "encode").Text("x").Text("latin1").Op(0x86).Op('R').Op('t').Op('R').Op('s')
            .Text("w").Tensor(6, 0, [6], [1]).Op('s').Stop();
        Scratch.Read(ZipWriter.Torch(pickle.ToArray(), new byte[24])).Keys.ShouldBe(["w"]);
    }

    private static string Refusal(PickleWriter pickle, WeightLimits? limits = null) =>
        Scratch.Refusal(ZipWriter.Torch(pickle.ToArray(), []), limits);
}
