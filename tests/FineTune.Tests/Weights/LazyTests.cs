using System.Runtime.InteropServices;
using FineTune.Models;
using FineTune.Transfer;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class LazyTests
{
    private const int Values = 1 << 20;

    public static TheoryData<string> Files => [.. Golden.Files];

    /// <summary>Of every type, stride and tied storage: what is read from the file equals what lies in memory, also in pieces.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_read_from_a_file_equals_what_is_in_memory(string file)
    {
        var (lazy, eager) = (WeightFile.Read(Golden.Path(file)), Scratch.Read(Golden.Bytes(file)));
        foreach (var (name, expected) in eager)
        {
            var found = lazy[name];
            found.Bytes.ToArray().ShouldBe(expected.Bytes.ToArray(), name);
            found.ToFloats().ShouldBe(expected.ToFloats(), name);
            found.ByteCount.ShouldBe(expected.Bytes.Length, name);
            var scanned = new List<byte>();
            found.Scan(piece => scanned.AddRange(piece));
            scanned.ToArray().ShouldBe(expected.Bytes.ToArray(), name);
            if (found.Type < TensorType.Float16) // whole numbers
                found.ToLongs().ShouldBe(expected.ToLongs(), name);
        }
    }

    [Theory]
    [InlineData(new long[] { 512, 1024 }, new long[] { 1, 512 })] // transposed
    [InlineData(new long[] { 64, 3, 3, 2048 }, new long[] { 3, 1, 192, 0 })] // repeated
    [InlineData(new long[] { 1000, 500 }, new long[] { 1024, 2 })] // every second
    public void A_view_larger_than_a_piece_is_laid_out_as_its_strides_say(long[] shape, long[] stride)
    {
        var floats = Enumerable.Range(0, Values).Select(i => (float)i).ToArray();
        var file = ZipWriter.Torch(PickleWriter.Dict(Values, 0, shape, stride), MemoryMarshal.AsBytes(floats.AsSpan()).ToArray());
        using var scratch = new Scratch();
        var view = WeightFile.Read(scratch.File("w.pth", file))["w"];
        var found = new List<float>();
        view.Scan(piece => found.AddRange(MemoryMarshal.Cast<byte, float>(piece)));
        found.Count.ShouldBe((int)view.Count);
        for (var i = 0; i < found.Count; i++)
        {
            var (rest, at) = ((long)i, 0L);
            for (var d = shape.Length - 1; d >= 0; d--)
                (rest, at) = (rest / shape[d], at + (rest % shape[d] * stride[d]));
            if (found[i] != at)
                Assert.Fail($"Element {i} is {found[i]} in place of {at}.");
        }

        view.ToFloats().ShouldBe(found);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_short_after_it_was_read_ends_in_a_sentence(bool zip)
    {
        using var scratch = new Scratch();
        var path = Large(scratch, zip);
        var tensor = WeightFile.Read(path)["b"];
        using (var file = File.OpenHandle(path, access: FileAccess.Write))
            RandomAccess.SetLength(file, 4 * Values);
        foreach (var use in new Action[] { () => _ = tensor.Bytes, () => tensor.ToFloats(), () => WeightValues.Problem("b", tensor) })
            Should.Throw<WeightException>(use).Message.ShouldContain("cut short");
    }

    [Fact]
    public void A_file_that_was_replaced_or_deleted_keeps_its_values()
    {
        using var scratch = new Scratch();
        var path = Large(scratch, zip: false);
        var state = WeightFile.Read(path);
        SafetensorsWriter.Write(path, new StateDict { { "b", TensorData.From([1f]) } });
        state["b"].ToFloats()[^1].ShouldBe(Values - 1);
        File.Delete(path);
        state["a"].ToFloats()[^1].ShouldBe(Values - 1);
    }

    /// <summary>However the values are asked for first, in part or as a whole.</summary>
    [Fact]
    public void Nothing_is_given_of_a_damaged_entry()
    {
        using var scratch = new Scratch();
        var path = Large(scratch, zip: true);
        var bytes = File.ReadAllBytes(path);
        bytes[^(bytes.Length / 4)] ^= 1;
        File.WriteAllBytes(path, bytes);
        WeightFile.Read(path)["a"].ToFloats()[1].ShouldBe(1); // the other entry is whole
        Action<TensorData>[] uses =
            [t => _ = t.Bytes, t => t.ToFloats(), t => WeightValues.Problem("b", t), t => t.Scan(_ => { }), t => t.Verify()];
        foreach (var use in uses)
            Should.Throw<WeightException>(() => use(WeightFile.Read(path)["b"])).Message.ShouldContain("'archive/data/1' is damaged");
    }

    [Fact]
    public void Views_of_one_storage_read_it_once()
    {
        using var scratch = new Scratch();
        var file = ZipWriter.Torch(PickleWriter.Dict(Values, 0, [1024, 1024], [1, 1024]), new byte[4 * Values]);
        var view = WeightFile.Read(scratch.File("w.pth", file))["w"];
        view.Scan(_ => { });
        Allocated(() => view.Scan(_ => { })).ShouldBeLessThan(Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_and_checking_allocate_no_more_than_a_piece(bool zip)
    {
        using var scratch = new Scratch();
        var path = Large(scratch, zip);
        Allocated(() =>
        {
            foreach (var (name, tensor) in WeightFile.Read(path))
                WeightValues.Problem(name, tensor).ShouldBeNull();
        }).ShouldBeLessThan(1 << 20); // the file has 8 MiB
    }

    [Fact]
    public void Loading_allocates_no_copy_of_the_weights()
    {
        using var scratch = new Scratch();
        using var network = Zoo.Create("resnet18", 2);
        SafetensorsWriter.Write(scratch.File("w"), WeightLoader.Read(network));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        WeightLoader.Load(network, WeightFile.Read(scratch.File("w")), "w");
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(8 << 20); // the file has 45 MB
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Two tensors of 4 MiB.</summary>
    private static string Large(Scratch scratch, bool zip)
    {
        var floats = Enumerable.Range(0, Values).Select(i => (float)i).ToArray();
        var state = new StateDict { { "a", TensorData.From(floats, 1024, 1024) }, { "b", TensorData.From(floats, Values) } };
        if (zip)
            TorchWriter.Write(scratch.File("w"), state);
        else
            SafetensorsWriter.Write(scratch.File("w"), state);
        return scratch.File("w");
    }
}
