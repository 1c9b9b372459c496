using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class TorchWriterTests
{
    [Theory]
    [InlineData("types-zip.pth")]
    [InlineData("views-legacy.pth")]
    public void What_is_written_is_read_again(string file)
    {
        using var scratch = new Scratch();
        TorchWriter.Write(scratch.File("w.pth"), WeightFile.Read(Golden.Path(file)));
        WeightFile.Read(scratch.File("w.pth")).ShouldBe(file);
    }
}
