using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Cuts a square from a corner, as torchvision's FiveCrop does; the image is at least as large.</summary>
/// <param name="size">The side in pixels, 1 to 4096.</param>
/// <param name="right">Whether from the right side.</param>
/// <param name="bottom">Whether from the bottom.</param>
/// <exception cref="FineTuneException">The size is out of range.</exception>
public sealed class CornerCrop(int size, bool right, bool bottom) : ITransform
{
    /// <summary>The side in pixels.</summary>
    public int Size { get; } = Allowed.Side("size of the corner crop", size);

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random) =>
        Crop.Cut(image, new CropBox(right ? image.Width - Size : 0, bottom ? image.Height - Size : 0, Size, Size));

    /// <inheritdoc/>
    public override string ToString() => $"corner_crop({Size}, {(bottom ? "bottom" : "top")} {(right ? "right" : "left")})";
}
