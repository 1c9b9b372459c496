using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class WeightFileTests
{
    public static TheoryData<string> Files => [.. Golden.Files];

    public static TheoryData<string> RealFiles => [.. Golden.RealFiles];

    [Theory]
    [MemberData(nameof(Files))]
    public void Names_types_shapes_and_bytes_equal_torch(string file) => WeightFile.Read(Golden.Path(file)).ShouldBe(file);

    [SkippableTheory]
    [MemberData(nameof(RealFiles))]
    public void Real_checkpoints_equal_torch(string file)
    {
        Skip.If(Repo.Shared is null, "shared/real is not beside the checkout");
        var state = WeightFile.Read(Path.Combine(Repo.Shared!, "real", "models", file));
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in state.Values)
            sha.AppendData(MemoryMarshal.AsBytes(tensor.ToFloats().AsSpan()));
        (state.Count, Convert.ToHexStringLower(sha.GetHashAndReset())).ShouldBe(Golden.Real(file));
        state.Keys.ShouldAllBe(k => !k.StartsWith("module."));
    }

    [Theory]
    [InlineData("nested-zip.pth")]
    [InlineData("nested-legacy.pth")]
    public void Words_and_numbers_beside_the_weights_become_metadata(string file)
    {
        var state = WeightFile.Read(Golden.Path(file));
        state.Metadata["epoch"].ShouldBe("18");
        state.Metadata["arch"].ShouldBe("tiny");
        state.Classes.ShouldBe(["ant", "bee"]);
        state.Metadata.Keys.Order().ShouldBe(["arch", "classes", "epoch"]);
    }

    [Fact]
    public void Tied_weights_share_their_bytes()
    {
        var state = Scratch.Read(Golden.Bytes("views-legacy.pth"));
        state["whole"].Bytes.Equals(state["tied"].Bytes).ShouldBeTrue();
    }

    [Theory]
    [InlineData("types-zip.pth")]
    [InlineData("types-legacy.pth")]
    [InlineData("types.safetensors")]
    public void The_format_is_told_by_content(string file)
    {
        using var scratch = new Scratch();
        var path = scratch.File("weights.jpg", Golden.Bytes(file));
        WeightFile.Read(path).Count.ShouldBe(10);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html><html>", "web page")]
    [InlineData("no weights at all", "of no known format")]
    public void What_holds_no_weights_is_named(string content, string reason)
    {
        var refusal = Scratch.Refusal(System.Text.Encoding.UTF8.GetBytes(content));
        refusal.ShouldContain(reason);
        refusal.ShouldContain("x.pth");
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        using var scratch = new Scratch();
        Should.Throw<WeightException>(() => WeightFile.Read(scratch.File("no.pth"))).Message.ShouldContain("there is no such file");
        Should.Throw<WeightException>(() => WeightFile.Read(scratch.Folder)).Message.ShouldContain("it is a folder");
    }

    [Theory]
    [InlineData("types-zip.pth")]
    [InlineData("types-legacy.pth")]
    [InlineData("types.safetensors")]
    public void Limits_hold_for_every_format(string file)
    {
        var bytes = Golden.Bytes(file);
        Scratch.Refusal(bytes, new WeightLimits { MaxFileBytes = bytes.Length - 1 }).ShouldContain($"at most {bytes.Length - 1} are read");
        Scratch.Refusal(bytes, new WeightLimits { MaxTensors = 9 }).ShouldContain("more than 9");
        Scratch.Refusal(bytes, new WeightLimits { MaxTotalBytes = 197 }).ShouldContain("197 bytes");
        Scratch.Refusal(bytes, new WeightLimits { MaxDimensions = 1 }).ShouldContain("at most 1");
        Scratch.Read(bytes, new WeightLimits { MaxFileBytes = bytes.Length, MaxTensors = 10, MaxTotalBytes = 198, MaxDimensions = 2 })
            .Count.ShouldBe(10);
    }
}
