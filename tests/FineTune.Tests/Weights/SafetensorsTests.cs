using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class SafetensorsTests
{
    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""  {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  """, 8)] // leading space is read, never written
    [InlineData("""{"__metadata__":{"a":"b"},"w":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", 9)]
    [InlineData("""{"w":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}""", 0)]
    public void What_the_format_allows_is_read(string header, int data) =>
        Scratch.Read(Make(header, data)).Count.ShouldBePositive();

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fill its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", 8, "does not fill its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "belong to no tensor")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""",
        9,
        "1 bytes before tensor 'b'")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, "shares bytes")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, "shares bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes follow")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "cut short")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "twice")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"shape":[1,2],"data_offsets":[0,8]}}""", 8, "twice")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "does not fill its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0, "does not fill its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8, "not described")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "not described")]
    [InlineData("""{"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", 8, "not described")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "not described")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2]}}""", 8, "not described")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "not described")]
    [InlineData("""{"w":[1]}""", 0, "not described")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "of type 'F8_E4M3', which is not read")]
    [InlineData("""{"__metadata__":{"a":1},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not a map of text to text")]
    [InlineData("""{"__metadata__":"a","w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not a map of text to text")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not JSON")]
    [InlineData("""{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} x""", 1, "not JSON")]
    [InlineData("""{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},}""", 1, "not JSON")]
    [InlineData("""{"w":{"dtype":"U8","shape":[[[[[[1]]]]]],"data_offsets":[0,1]}}""", 1, "not JSON")]
    [InlineData("{}", 0, "it holds no tensors")]
    [InlineData("{", 0, "not JSON")]
    public void What_the_format_forbids_is_refused(string header, int data, string reason) =>
        Scratch.Refusal(Make(header, data)).ShouldContain(reason);

    [Fact]
    public void The_length_of_the_header_is_checked()
    {
        var file = Make("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        BinaryPrimitives.WriteUInt64LittleEndian(file, 100_000_001);
        Scratch.Refusal(file).ShouldContain("its header has 100000001 bytes; at most 100000000");
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);
        Scratch.Refusal(file).ShouldContain("at most 100000000");
        BinaryPrimitives.WriteUInt64LittleEndian(file, 1000);
        Scratch.Refusal(file).ShouldContain("cut short");
        BinaryPrimitives.WriteUInt64LittleEndian(file, 0);
        Scratch.Refusal(file).ShouldContain("not JSON");
    }

    [Fact]
    public void A_header_that_is_not_UTF8_is_refused()
    {
        var file = Make("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        file[10] = 0xff;
        Scratch.Refusal(file).ShouldContain("not UTF-8");
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        using var scratch = new Scratch();
        var original = WeightFile.Read(Golden.Path("views-zip.pth"));
        original.Classes = ["ant \"A\"", "bienchen ü"];
        SafetensorsWriter.Write(scratch.File("w.safetensors"), original);
        var again = WeightFile.Read(scratch.File("w.safetensors"));
        again.Classes.ShouldBe(original.Classes);
        again.Keys.Order().ShouldBe(original.Keys.Order());
        foreach (var (name, tensor) in original)
        {
            (again[name].Type, Shapes.Text(again[name].Shape)).ShouldBe((tensor.Type, Shapes.Text(tensor.Shape)));
            again[name].Bytes.ToArray().ShouldBe(tensor.Bytes.ToArray(), name);
        }
    }

    [Fact]
    public void Wide_types_come_first_then_names_and_tensors_are_aligned()
    {
        using var scratch = new Scratch();
        var state = WeightFile.Read(Golden.Path("types-zip.pth"));
        SafetensorsWriter.Write(scratch.File("w.safetensors"), state);
        var bytes = File.ReadAllBytes(scratch.File("w.safetensors"));
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        (length % 8).ShouldBe(0);
        bytes[8].ShouldBe((byte)'{');
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        header.RootElement.EnumerateObject().Select(p => p.Name)
            .ShouldBe(["float64", "int64", "float32", "int32", "bfloat16", "float16", "int16", "bool", "int8", "uint8"]);
        WeightFile.Read(scratch.File("w.safetensors")).ShouldBe("types.safetensors");
    }

    [Fact]
    public void A_failed_write_says_where()
    {
        using var scratch = new Scratch();
        var state = new StateDict { { "w", TensorData.From([1f, 2f], 2) } };
        Should.Throw<FineTuneException>(() => SafetensorsWriter.Write(scratch.File("no/folder.safetensors"), state))
            .Message.ShouldContain("the folder does not exist");
        var reserved = new StateDict { { "__metadata__", TensorData.From([1L], 1) } };
        Should.Throw<FineTuneException>(() => SafetensorsWriter.Write(scratch.File("w"), reserved)).Message.ShouldContain("__metadata__");
    }

    private static byte[] Make(string header, int data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)text.Length);
        text.CopyTo(file, 8);
        return file;
    }
}
