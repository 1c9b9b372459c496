using System.Text;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>Files of other programs are told by name, each with what to do.</summary>
public sealed class ForeignFileTests
{
    private const string PyTorchWeights = "torchvision.models.resnet50(weights='DEFAULT')";

    [Theory]
    [InlineData("\u0089HDF\r\n\u001a\n\0\0\0\0", "an HDF5 file, as Keras writes", PyTorchWeights)]
    [InlineData("\u0008\u0007\u0012\u0007pytorch\u001a\u00052.1.0", "an ONNX model", "torch.save(model.state_dict(), 'weights.pth')")]
    [InlineData("\u0008\u0008:\u0010\u0012\u0004main", "an ONNX model", "torch.save(model.state_dict(), 'weights.pth')")]
    [InlineData("\u0008\u0001\u0012\u00a0\u0001\n", "a TensorFlow SavedModel", PyTorchWeights)]
    [InlineData("\u001c\0\0\0TFL3\u0014\0\u0020\0", "a TensorFlow Lite model", PyTorchWeights)]
    [InlineData("GGUF\u0003\0\0\0\u0001\0\0\0", "a GGUF file", ".pth files of torch.save and safetensors are read")]
    [InlineData("\u0093NUMPY\u0001\0v\0{'descr': '<f4'", "one NumPy array without a name", "torch.save(model.state_dict(), 'weights.pth')")]
    [InlineData("\u0081\u00a6params\u0083\u00a5conv1", "MessagePack, as Flax writes", PyTorchWeights)]
    [InlineData("\u001f\u008b\u0008\0\0\0\0\0", "compressed by gzip", "gunzip 'x.pth'")]
    public void A_file_of_another_program_is_named_with_what_to_do(string start, string what, string remedy)
    {
        var refusal = Scratch.Refusal([.. Encoding.Latin1.GetBytes(start), .. new byte[64]]);
        refusal.ShouldContain($"it is {what}");
        refusal.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("\u0008\u0060\u0012\u0007")] // a version that ONNX has not
    [InlineData("\u0080\u0002}q\0.")] // a pickle
    [InlineData("\u0089PNG\r\n\u001a\n\0\0\0\0")]
    [InlineData("\u0081\u0001\u0002")]
    [InlineData("GGML")]
    public void What_only_resembles_one_is_not(string start)
    {
        var refusal = Scratch.Refusal([.. Encoding.Latin1.GetBytes(start), .. new byte[64]]);
        refusal.ShouldMatch("of no known format|a pickle that torch.save did not write");
    }

    [Theory]
    [InlineData("sys_info", "torch.save(torch.load('x.pth', weights_only=False), 'weights.pth')")]
    [InlineData("weights.pth", "tar -xf 'x.pth'")]
    public void A_tar_is_told_from_torchs_oldest_format(string first, string remedy)
    {
        var tar = new byte[1024];
        Encoding.ASCII.GetBytes(first).CopyTo(tar, 0);
        "ustar"u8.ToArray().CopyTo(tar, 257);
        Scratch.Refusal(tar).ShouldContain(remedy);
        tar[258] = 0;
        Scratch.Refusal(tar).ShouldContain("of no known format");
    }

    [Theory]
    [InlineData(
        "x/constants.pkl x/data.pkl", "a TorchScript program", "torch.save(torch.jit.load('x.pth', 'cpu').state_dict(), 'weights.pth')")]
    [InlineData("serialized_exported_program.json version", "a program of torch.export", "torch.export.load('x.pth').state_dict")]
    [InlineData("m/archive_format m/models/model.json", "a program of torch.export", "torch.export.load('x.pth').state_dict")]
    [InlineData("metadata.json config.json model.weights.h5", "a Keras model", PyTorchWeights)]
    [InlineData("m/saved_model.pb m/variables/variables.index", "a packed TensorFlow SavedModel", PyTorchWeights)]
    [InlineData("conv1.npy fc.npy", "NumPy's .npz", "for k, v in numpy.load('x.pth').items()}")]
    public void A_zip_of_another_program_is_named_even_where_it_is_compressed(string entries, string what, string remedy)
    {
        foreach (var deflate in new[] { false, true })
        {
            var zip = new ZipWriter();
            foreach (var entry in entries.Split(' '))
                zip.Add(entry, new byte[100], deflate: deflate);
            var refusal = Scratch.Refusal(zip.ToArray());
            refusal.ShouldContain($"it is {what};");
            refusal.ShouldContain(remedy);
        }
    }

    [Fact]
    public void Another_zip_is_none_of_them() =>
        Scratch.Refusal(new ZipWriter().Add("conv1.npy", [1]).Add("readme.txt", [1]).ToArray())
            .ShouldContain("a zip file without a data.pkl");

    [Theory]
    [InlineData("model.ckpt.index")]
    [InlineData("model.ckpt.data-00000-of-00001")]
    public void A_part_of_a_TensorFlow_checkpoint_is_told_by_its_name(string name)
    {
        Should.Throw<WeightException>(() => WeightFile.Read(name, new byte[100]))
            .Message.ShouldContain("a part of a TensorFlow checkpoint");
        Should.Throw<WeightException>(() => WeightFile.Read("model.ckpt", new byte[100])).Message.ShouldContain("of no known format");
    }

    [Fact]
    public void A_folder_with_a_SavedModel_is_named()
    {
        using var scratch = new Scratch();
        scratch.File("saved_model.pb", [8, 1]);
        Should.Throw<WeightException>(() => WeightFile.Read(scratch.Folder)).Message.ShouldContain("a folder with a TensorFlow SavedModel");
        Should.Throw<WeightException>(() => Catalog.Find(null, scratch.Folder))
            .Message.ShouldContain("a folder with a TensorFlow SavedModel");
    }
}
