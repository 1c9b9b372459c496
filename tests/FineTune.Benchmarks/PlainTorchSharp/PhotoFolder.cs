using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// A folder of class folders, which TorchVision has no class for (Python's ImageFolder): files are decoded by its Skia imager, and
/// what comes out is a view of one image, [3, H, W], and its label.
/// </summary>
/// <param name="folder">Class folders lie in it; a label is a folder's place in ordinal order, as Python has it.</param>
/// <param name="view">Gets one image as a batch, [1, 3, H, W] bytes: TorchVision's Normalize takes no [3, H, W].</param>
internal sealed class PhotoFolder(string folder, torchvision.ITransform view) : utils.data.Dataset
{
    private static readonly torchvision.io.SkiaImager Imager = new();

    private readonly (string Path, long Label)[] _photos =
    [
        .. Directory.EnumerateDirectories(folder)
            .Order(StringComparer.Ordinal)
            .SelectMany((inner, label) => Directory.EnumerateFiles(inner)
                .Order(StringComparer.Ordinal)
                .Select(path => (path, (long)label))),
    ];

    /// <inheritdoc/>
    public override long Count => _photos.Length;

    /// <summary>"image" and "label". The loader disposes of them and of all that is made here.</summary>
    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var (path, label) = _photos[index];
        var image = torchvision.io.read_image(path, torchvision.io.ImageReadMode.RGB, Imager).unsqueeze(0);
        return new Dictionary<string, Tensor> { ["image"] = view.call(image).squeeze(0), ["label"] = tensor(label) };
    }
}
