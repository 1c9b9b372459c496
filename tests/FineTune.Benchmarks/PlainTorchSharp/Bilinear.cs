using static TorchSharp.torch;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// Resizing as Python has it, bilinear over the area that a pixel covers. TorchVision's Resize can do it too, but its call into libtorch
/// leaves out align_corners, for which libtorch prints a warning an image.
/// </summary>
internal static class Bilinear
{
    /// <summary>[1, 3, H, W] bytes at another size.</summary>
    public static Tensor Resize(Tensor image, int height, int width) =>
        nn.functional.interpolate(image, [height, width], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);

    /// <summary>The same with the shorter side as given; the other one is rounded down, as in Python.</summary>
    public static Tensor ResizeShorter(Tensor image, int side)
    {
        var (height, width) = (image.shape[2], image.shape[3]);
        return height < width
            ? Resize(image, side, (int)(side * width / height))
            : Resize(image, (int)(side * height / width), side);
    }
}
