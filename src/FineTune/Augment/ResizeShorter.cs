using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Scales an image so that its shorter side has a given length, antialiased (torchvision's Resize(int)).</summary>
/// <param name="size">The shorter side afterwards, in pixels; 1 to 8192.</param>
/// <param name="interpolation">The filter.</param>
/// <exception cref="FineTuneException">The size is out of range.</exception>
public sealed class ResizeShorter(int size, Interpolation interpolation = Interpolation.Bilinear) : ITransform
{
    /// <summary>The shorter side afterwards, in pixels.</summary>
    public int Size { get; } = Allowed.Resized("size to resize to", size);

    /// <summary>The filter.</summary>
    public Interpolation Interpolation { get; } = interpolation;

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random) => Resize.ShorterSide(image, Size, Interpolation);

    /// <inheritdoc/>
    public override string ToString() => Interpolation == Interpolation.Bilinear ? $"resize({Size})" : $"resize({Size}, bicubic)";
}
