using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class ZipAttackTests
{
    private static readonly byte[] Pickle = PickleWriter.Dict(6, 0, [6], [1]);
    private static readonly byte[] Storage = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
    [Fact]
    public void A_hand_made_zip_is_read() =>
        Scratch.Read(ZipWriter.Torch(Pickle, Storage))["w"].Bytes.ToArray().ShouldBe(Storage);

    [Fact]
    public void A_compressed_storage_is_refused_before_it_is_expanded()
    {
        var bomb = new ZipWriter().Add("x/data.pkl", Pickle).Add("x/data/0", new byte[16 << 20], deflate: true).ToArray();
        bomb.Length.ShouldBeLessThan(100_000);
        Scratch.Refusal(bomb).ShouldContain("'x/data/0' is compressed");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle, deflate: true).Add("x/data/0", Storage).ToArray())
            .ShouldContain("'x/data.pkl' is compressed");
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        var values = Scratch.Read(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/data/0", Storage, crc: 1).ToArray())["w"];
        Should.Throw<WeightException>(() => values.Bytes).Message.ShouldContain("'x/data/0' is damaged");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle, crc: 1).Add("x/data/0", Storage).ToArray())
            .ShouldContain("'x/data.pkl' is damaged");
    }

    [Fact]
    public void Entries_that_share_bytes_are_refused()
    {
        var name = "x/data.pkl";
        var zip = new ZipWriter().Add(name, Pickle).Add("x/data.pkl2", [], header: 0, localName: name);
        Scratch.Refusal(zip.ToArray()).ShouldContain("is not what its zip directory says");
        var inside = new ZipWriter().Add("y", Inner()).Add("x/data.pkl", Pickle, header: 31).Add("x/data/0", Storage);
        Scratch.Refusal(inside.ToArray()).ShouldContain("shares bytes");
    }

    [Theory]
    [InlineData("../x/data.pkl")]
    [InlineData("x/../data.pkl")]
    [InlineData("/x/data.pkl")]
    [InlineData("C:/data.pkl")]
    [InlineData("x\\data.pkl")]
    [InlineData("")]
    public void Names_that_lead_elsewhere_are_refused(string name) =>
        Scratch.Refusal(new ZipWriter().Add(name, Pickle).Add("x/data/0", Storage).ToArray()).ShouldContain("leads elsewhere");

    [Fact]
    public void Lies_of_the_directory_are_refused()
    {
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/data.pkl", Pickle).Add("x/data/0", Storage).ToArray())
            .ShouldContain("two entries 'x/data.pkl'");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/data/0", Storage, localName: "x/data/1").ToArray())
            .ShouldContain("not what its zip directory says");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/data/0", Storage, size: 1 << 30).ToArray())
            .ShouldContain("cut short");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/data/0", Storage, header: 1 << 20).ToArray())
            .ShouldContain("cut short");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("y/data.pkl", Pickle).ToArray())
            .ShouldContain("more than one data.pkl");
        Scratch.Refusal(new ZipWriter().Add("x/word/document.xml", Pickle).ToArray()).ShouldContain("torch.save did not write it");
        Scratch.Refusal([.. ZipWriter.Torch(Pickle, Storage), 0]).ShouldContain("cut short");
    }

    [Fact]
    public void Programs_and_big_endian_files_are_told_apart()
    {
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/constants.pkl", Pickle).Add("x/data/0", Storage).ToArray())
            .ShouldContain("TorchScript");
        Scratch.Refusal(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/byteorder", "big"u8.ToArray()).Add("x/data/0", Storage).ToArray())
            .ShouldContain("big-endian");
        Scratch.Read(new ZipWriter().Add("x/data.pkl", Pickle).Add("x/byteorder", "little"u8.ToArray()).Add("x/data/0", Storage).ToArray())
            .Count.ShouldBe(1);
    }

    /// <summary>A whole local entry, to be hidden in another's bytes.</summary>
    private static byte[] Inner()
    {
        var zip = new ZipWriter().Add("x/data.pkl", Pickle).ToArray();
        return zip[..(30 + "x/data.pkl".Length + Pickle.Length)];
    }
}
