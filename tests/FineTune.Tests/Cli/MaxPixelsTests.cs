using FineTune.Images;
using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

/// <summary>How large an image may be, and that it can be set wherever images are read.</summary>
[Collection(nameof(CliCollection))]
public sealed class MaxPixelsTests(TrainedRun run) : IDisposable
{
    private const string Refusal = "at most 1000 in all (--max-pixels allows more)";
    private readonly ImageTree _tree = Photos.AntsAndBees();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_photograph_of_12000_by_9000_pixels_is_read()
    {
        ImageLimits.Default.MaxPixels.ShouldBe(178_956_970);
        var bytes = File.ReadAllBytes(Repo.Goldens("Images/pnm-p4.pbm"));
        var header = "P4\n12000 9000\n"u8.ToArray(); // a bit a pixel
        bytes[..2].ShouldBe(header[..2]);
        _tree.Bytes("large.pbm", [.. header, .. new byte[12000 / 8 * 9000]]);

        Finetune.Run("predict", "--run", run.Folder, _tree.PathOf("large.pbm")).ShouldSucceed().Out.ShouldContain("large.pbm");
    }

    [Fact]
    public void Every_verb_that_reads_images_has_the_option()
    {
        var data = _tree.PathOf("data");
        string[] limit = ["--max-pixels", "1000"]; // the images have 1024
        Finetune.Run(["inspect", data, .. limit]).Out.ShouldContain(Refusal);
        Finetune.Run(_tree.Training(limit)).ShouldFail(Refusal);
        Finetune.Run(["find-lr", "--data", data, "--model", "cifar_resnet20", .. limit]).ShouldFail(Refusal);
        Finetune.Run(["probe", "--data", data, "--weights", "attic", .. limit]).ShouldFail(Refusal);
        Finetune.Run(["eval", "--run", run.Folder, .. limit]).ShouldFail(Refusal);
        Finetune.Run(["eval", "--data", run.Data, "--weights", Path.Combine(run.Folder, "checkpoints", "best.safetensors"), .. limit])
            .ShouldFail(Refusal);
        Finetune.Run(["predict", "--run", run.Folder, run.Photo, .. limit]).ShouldFail(Refusal);
        Finetune.Run(["predict", "--run", run.Folder, run.Photo, "--max-pixels", "0"]).ShouldFail("max_pixels is 0", "536870897");
    }

    [Fact]
    public void It_is_a_key_of_a_recipe_and_stays_with_the_run()
    {
        Finetune.Run(_tree.Training("max_pixels=1000")).ShouldFail(Refusal);
        Finetune.Run(_tree.Training("max_pixels=1024")).ShouldSucceed();

        Finetune.Run("eval", "--run", _tree.PathOf("run")).ShouldSucceed();
        Finetune.Run("eval", "--run", _tree.PathOf("run"), "--max-pixels", "1000").ShouldFail(Refusal);
    }

    [Fact]
    public void A_file_may_have_four_bytes_a_pixel()
    {
        new ImageLimits().MaxFileBytes.ShouldBe(4 * 178_956_970L);
        new ImageLimits { MaxPixels = 1000 }.MaxFileBytes.ShouldBe(64 << 20);
        ImageLimits.OfPixels(ImageLimits.MostPixels).MaxFileBytes.ShouldBeLessThanOrEqualTo(Array.MaxLength);
    }

    [Fact]
    public void An_image_too_long_to_be_resized_is_one_sentence()
    {
        _tree.Bytes("long.pgm", [.. "P5\n65000 1\n255\n"u8, .. new byte[65000]]);
        var weights = _tree.PathOf("wide.safetensors");
        AlteredWeights.Write(Path.Combine(run.Folder, "checkpoints", "best.safetensors"), weights, "input",
            """{"input_size":4096,"resize_to":8192,"mean":[0,0,0],"std":[1,1,1]}""");

        Finetune.Run("predict", "--weights", weights, _tree.PathOf("long.pgm")).ShouldFail("65000 x 1 pixels is too long to be resized");
    }
}
