using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Cuts a square from the middle; where the image is smaller, black is put around it (torchvision's CenterCrop).</summary>
/// <param name="size">The side in pixels, 1 to 4096.</param>
/// <exception cref="FineTuneException">The size is out of range.</exception>
public sealed class CenterCrop(int size) : ITransform
{
    /// <summary>The side in pixels.</summary>
    public int Size { get; } = Allowed.Side("size of the centre crop", size);

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random) =>
        Crop.Cut(image, new CropBox(Start(image.Width), Start(image.Height), Size, Size));

    /// <inheritdoc/>
    public override string ToString() => $"center_crop({Size})";

    /// <summary>Python's round goes to the even number at a half; the padding's smaller part stands before.</summary>
    private int Start(int side) => side < Size ? -((Size - side) / 2) : (int)Math.Round((side - Size) / 2.0, MidpointRounding.ToEven);
}
