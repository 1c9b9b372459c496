using System.Buffers.Binary;

namespace FineTune.Tests.Weights;

public sealed class LegacyAttackTests
{
    private static readonly byte[] Magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
    private static readonly byte[] Value = PickleWriter.Dict(6, 0, [6], [1]);

    [Fact]
    public void A_hand_made_file_is_read() =>
        Scratch.Read(Make(Value, ["0"], Storage(6)))["w"].Bytes.ToArray().ShouldBe(Storage(6)[8..]);

    [Fact]
    public void Storages_that_lie_about_their_size_are_refused()
    {
        Scratch.Refusal(Make(Value, ["0"], Storage(5))).ShouldContain("has 5 elements where its tensors say 6");
        Scratch.Refusal(Make(Value, ["0"], Storage(7))).ShouldContain("has 7 elements where its tensors say 6");
        Scratch.Refusal(Make(Value, ["0"], Storage(6)[..^1])).ShouldContain("cut short: the end of storage '0'");
        Scratch.Refusal(Make(Value, ["0"], [.. Storage(6), 0])).ShouldContain("1 bytes follow its last storage");
    }

    [Fact]
    public void The_list_of_storages_must_be_that_of_the_tensors()
    {
        Scratch.Refusal(Make(Value, [], [])).ShouldContain("lacks one that a tensor has");
        Scratch.Refusal(Make(Value, ["1"], Storage(6))).ShouldContain("names one that no tensor has");
        Scratch.Refusal(Make(Value, ["0", "0"], [.. Storage(6), .. Storage(6)])).ShouldContain("names '0' twice");
    }

    [Fact]
    public void Another_protocol_and_another_byte_order_are_refused()
    {
        Scratch.Refusal(Make(Value, ["0"], Storage(6), protocol: 1000)).ShouldContain("protocol version 1001");
        Scratch.Refusal(Make(Value, ["0"], Storage(6), littleEndian: 0x89)).ShouldContain("big-endian");
        Scratch.Refusal(Make(Value, ["0"], Storage(6), littleEndian: (byte)'N')).ShouldContain("in which order its bytes stand");
    }

    [Theory]
    [InlineData(2, 4, true)]
    [InlineData(3, 4, false)]
    [InlineData(-1, 4, false)]
    [InlineData(0, -1, false)]
    [InlineData(long.MaxValue, 4, false)]
    [InlineData(2, long.MaxValue, false)]
    public void A_view_of_a_storage_lies_within_it(long first, long count, bool fits)
    {
        var value = new PickleWriter().Op('}').Text("w").Global("torch._utils", "_rebuild_tensor").Op('(')
            .Op('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Long(6).Op('(').Text("v").Long(first)
            .Long(count).Op('t').Op('t').Op('Q')
            .Long(1).Longs(3).Longs(1).Op('t').Op('R').Op('s').Stop().ToArray();
        var file = Make(value, ["0"], Storage(6));
        if (fits)
            Scratch.Read(file)["w"].ToFloats().ShouldBe([3f, 4f, 5f]);
        else
            Scratch.Refusal(file).ShouldContain("a view of storage '0' reaches beyond it");
    }

    [Theory]
    [InlineData(new byte[] { 0x8a, 0 }, "0")]
    [InlineData(new byte[] { 0x8a, 1, 0xfe }, "-2")]
    [InlineData(new byte[] { 0x8a, 2, 0xfe, 0 }, "254")]
    [InlineData(new byte[] { 0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x80 }, "-9223372036854775808")]
    [InlineData(new byte[] { (byte)'J', 0xff, 0xff, 0xff, 0xff }, "-1")]
    [InlineData(new byte[] { (byte)'G', 0xbf, 0xe0, 0, 0, 0, 0, 0, 0 }, "-0.5")]
    public void Numbers_are_read_as_Python_writes_them(byte[] number, string text)
    {
        var value = new PickleWriter().Op('}').Text("w").Tensor(6, 0, [6], [1]).Op('s').Text("n").Op(number).Op('s').Stop().ToArray();
        Scratch.Read(Make(value, ["0"], Storage(6))).Metadata["n"].ShouldBe(text);
    }

    /// <summary>The number of elements and the elements 0, 1, 2...</summary>
    private static byte[] Storage(int count)
    {
        var bytes = new byte[8 + (4 * count)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        for (var i = 0; i < count; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + (4 * i)), i);
        return bytes;
    }

    private static byte[] Make(byte[] value, string[] keys, byte[] storages, long protocol = 1001, byte littleEndian = 0x88)
    {
        var list = new PickleWriter().Op(']');
        foreach (var key in keys)
            list.Text(key).Op('a');
        byte[] machine = new PickleWriter().Op('}').Text("little_endian").Op(littleEndian).Op('s').Stop().ToArray();
        return
        [
            .. Magic, .. new PickleWriter().Long(protocol).Stop().ToArray(), .. machine, .. value, .. list.Stop().ToArray(), .. storages,
        ];
    }
}
