using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>Which of a checkpoint's entries is taken, and how another is asked for.</summary>
public sealed class CheckpointNestsTests
{
    private const string Two = "The weights are the checkpoint's entry 'model'; it also has ema, which FILE#ema takes.";

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("module")]
    [InlineData("params")]
    [InlineData("state_dict_ema")]
    [InlineData("anything")]
    public void The_one_entry_that_holds_tensors_is_taken_and_nothing_is_said(string entry)
    {
        var state = Read(Checkpoint((entry, 0)));
        state.Keys.ShouldBe(["w"]);
        state.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Of_several_the_first_of_the_documented_order_is_taken_and_said()
    {
        var state = Read(Checkpoint(("ema", 0), ("model", 1)));
        state["w"].Shape.ShouldBe([1]);
        state.Notes.ShouldBe([Two]);
    }

    [Fact]
    public void Another_entry_is_taken_where_it_is_asked_for()
    {
        var state = Read(Checkpoint(("ema", 2), ("model", 1)), "ema");
        state["w"].Shape.ShouldBe([2]);
        state.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Several_of_which_none_is_known_are_told_and_one_can_be_asked_for()
    {
        var bytes = Checkpoint(("left", 1), ("right", 2));
        Should.Throw<WeightException>(() => Read(bytes)).Message
            .ShouldContain("several of its entries hold tensors (left, right); FILE#left takes the first");
        Read(bytes, "right")["w"].Shape.ShouldBe([2]);
    }

    [Fact]
    public void An_entry_that_is_not_there_is_refused_with_those_that_are() =>
        Should.Throw<WeightException>(() => Read(Checkpoint(("model", 1)), "ema")).Message.ShouldContain("it has no entry 'ema'");

    [Fact]
    public void An_optimizers_averages_are_no_weights()
    {
        var state = Read(Checkpoint(("optimizer", 2), ("weights", 1)));
        state["w"].Shape.ShouldBe([1]);
        state.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Nests_in_nests_are_found_and_no_deeper_than_three()
    {
        Read(Nested("checkpoint", "model", "state_dict")).Keys.ShouldBe(["w"]);
        Should.Throw<WeightException>(() => Read(Nested("a", "b", "c", "d"))).Message.ShouldContain("holds no tensors");
    }

    [Fact]
    public void In_safetensors_an_entry_is_what_names_begin_with()
    {
        using var scratch = new Scratch();
        var file = new StateDict();
        file.Add("ema.w", TensorData.From([1f], 1));
        file.Add("emaciated.w", TensorData.From([2f], 1));
        file.Add("model.w", TensorData.From([3f], 1));
        SafetensorsWriter.Write(scratch.File("two#a.safetensors"), file);
        var path = scratch.File("two#a.safetensors");

        WeightFile.Read(path, entry: "ema")["w"].ToFloats().ShouldBe([1f]);
        WeightFile.Read(path, entry: "ema").Count.ShouldBe(1);
        Should.Throw<WeightException>(() => WeightFile.Read(path, entry: "em"))
            .Message.ShouldContain("they begin with ema, emaciated, model");
        Catalog.Find(null, path).Entry.ShouldBeNull(); // a file of that very name
        Catalog.Find(null, path + "#model").Read()["w"].ToFloats().ShouldBe([3f]);
        Should.Throw<FineTuneException>(() => Catalog.Find(null, scratch.File("no.pth") + "#ema")).Message.ShouldContain("no.pth';");
    }

    [Fact]
    public void An_empty_dict_and_a_side_below_zero_are_told()
    {
        Scratch.Refusal(ZipWriter.Torch(new PickleWriter().Op('}').Stop().ToArray(), []))
            .ShouldContain("it holds no tensors; its dict is empty");
        Scratch.Refusal(ZipWriter.Torch(PickleWriter.Dict(4, 0, [-1], [1]), new byte[16]))
            .ShouldContain("a tensor of shape [-1] cannot be: a side is below 0");
    }

    /// <summary>Dicts of a thousand entries that are all one dict, in three layers: a billion ways to the tensors.</summary>
    [Fact]
    public void Shared_dicts_are_looked_at_once()
    {
        var pickle = new PickleWriter().Op('}').Op((byte)'q', 0).Text("n").Op('N').Op('s');
        for (byte layer = 1; layer < 4; layer++)
        {
            pickle.Op('}').Op((byte)'q', layer);
            for (var i = 0; i < 1000; i++)
                pickle.Text("k" + i).Op((byte)'h', (byte)(layer - 1)).Op('s');
        }

        var start = TimeProvider.System.GetTimestamp();
        Scratch.Refusal(ZipWriter.Torch(pickle.Stop().ToArray(), [])).ShouldContain("holds no tensors");
        TimeProvider.System.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(5);
    }

    [Fact]
    public void A_wrappers_prefix_is_said()
    {
        var pickle = new PickleWriter().Op('}').Text("module._orig_mod.w").Tensor(6, 0, [6], [1]).Op('s').Stop();
        var state = Scratch.Read(ZipWriter.Torch(pickle.ToArray(), new byte[24]));
        state.Keys.ShouldBe(["w"]);
        state.Notes.ShouldBe(["The prefix 'module._orig_mod.' was taken off the weights' names."]);
    }

    private static StateDict Read(byte[] bytes, string? entry = null) => WeightFile.Read("x.pth", bytes, null, entry);

    /// <summary>Entries, each a dict of one tensor "w" of so many elements.</summary>
    private static byte[] Checkpoint(params (string Entry, int Elements)[] entries)
    {
        var pickle = new PickleWriter().Op('}');
        foreach (var (entry, elements) in entries)
            pickle.Text(entry).Op('}').Text("w").Tensor(6, 0, [elements], [1]).Op('s').Op('s');
        return ZipWriter.Torch(pickle.Stop().ToArray(), new byte[24]);
    }

    private static byte[] Nested(params string[] entries)
    {
        var pickle = new PickleWriter();
        foreach (var entry in entries)
            pickle.Op('}').Text(entry);
        pickle.Op('}').Text("w").Tensor(6, 0, [6], [1]).Op('s');
        foreach (var _ in entries)
            pickle.Op('s');
        return ZipWriter.Torch(pickle.Stop().ToArray(), new byte[24]);
    }
}
