using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torchvision.transforms;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// The tutorial's views by TorchVision's transforms, but for two whose pixels are not Python's: RandomResizedCrop and Resize, which takes
/// the nearest pixel unless it is told otherwise.
/// </summary>
internal static class Views
{
    private const int Side = 224;
    private const int ShorterSide = 256;

    /// <summary>What is trained on.</summary>
    public static torchvision.ITransform Train() => Compose(new RandomResizedCrop(Side), RandomHorizontalFlip(), ToFloats(), Normalized());

    /// <summary>What is measured on.</summary>
    public static torchvision.ITransform Validate() =>
        Compose(Lambda(image => Bilinear.ResizeShorter(image, ShorterSide)), CenterCrop(Side), ToFloats(), Normalized());

    private static torchvision.ITransform ToFloats() => ConvertImageDtype(ScalarType.Float32);

    private static torchvision.ITransform Normalized() => Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
}
