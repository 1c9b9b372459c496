using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torchvision.transforms;

namespace FineTune.Benchmarks.PlainTorchSharp;

/// <summary>
/// Python's RandomResizedCrop at its defaults. TorchVision 0.107 has one of the same name that does something else: one random number
/// scales both sides (so that "scale" is of a side and not of the area), the ratio is ignored, the nearest pixel is taken, and
/// manual_seed does not reach it.
/// </summary>
/// <param name="size">The side afterwards, in pixels.</param>
internal sealed class RandomResizedCrop(int size) : torchvision.ITransform
{
    private const int Tries = 10;

    /// <inheritdoc/>
    public Tensor call(Tensor input)
    {
        var (top, left, height, width) = Box((int)input.shape[^2], (int)input.shape[^1]);
        var crop = functional.crop(input, top, left, height, width);
        return Bilinear.Resize(crop, size, size);
    }

    private static (int Top, int Left, int Height, int Width) Box(int height, int width)
    {
        for (var k = 0; k < Tries; k++)
        {
            var area = height * width * Uniform(0.08, 1);
            var ratio = Math.Exp(Uniform(Math.Log(3.0 / 4), Math.Log(4.0 / 3)));
            var w = (int)Math.Round(Math.Sqrt(area * ratio));
            var h = (int)Math.Round(Math.Sqrt(area / ratio));
            if (w > 0 && h > 0 && w <= width && h <= height)
                return ((int)Uniform(0, height - h + 1), (int)Uniform(0, width - w + 1), h, w);
        }

        // the largest in the middle of an allowed ratio
        var fitHeight = Math.Min(height, (int)Math.Round(width * 4.0 / 3));
        var fitWidth = Math.Min(width, (int)Math.Round(height * 4.0 / 3));
        return ((height - fitHeight) / 2, (width - fitWidth) / 2, fitHeight, fitWidth);
    }

    private static double Uniform(double low, double high)
    {
        using var draw = rand(1, ScalarType.Float64);
        return low + ((high - low) * draw.item<double>());
    }
}
