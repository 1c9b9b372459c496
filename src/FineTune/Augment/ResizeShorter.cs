using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Scales an image so that its shorter side has a given length, antialiased bilinear (torchvision's Resize(int)).</summary>
/// <param name="size">The shorter side afterwards, in pixels; 1 to 8192.</param>
/// <exception cref="FineTuneException">The size is out of range.</exception>
public sealed class ResizeShorter(int size) : ITransform
{
    /// <summary>The shorter side afterwards, in pixels.</summary>
    public int Size { get; } = Allowed.Resized("size to resize to", size);

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random) => Resize.ShorterSide(image, Size);

    /// <inheritdoc/>
    public override string ToString() => $"resize({Size})";
}
