using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Scales an image to a given size, whatever its shape, antialiased bilinear (torchvision's Resize((h, w))).</summary>
/// <param name="height">Rows afterwards, 1 to 8192.</param>
/// <param name="width">Pixels a row afterwards, 1 to 8192.</param>
/// <exception cref="FineTuneException">A side is out of range.</exception>
public sealed class ResizeExact(int height, int width) : ITransform
{
    /// <summary>Rows afterwards.</summary>
    public int Height { get; } = Allowed.Resized("height to resize to", height);

    /// <summary>Pixels a row afterwards.</summary>
    public int Width { get; } = Allowed.Resized("width to resize to", width);

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random) => Resize.To(image, Width, Height);

    /// <inheritdoc/>
    public override string ToString() => $"resize_exact({Height}, {Width})";
}
