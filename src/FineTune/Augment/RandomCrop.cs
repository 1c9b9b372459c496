using FineTune.Images;

namespace FineTune.Augment;

/// <summary>
/// Puts a border around an image and cuts a square from a random place (torchvision's RandomCrop; He et al. 2015, section 4.2).
/// </summary>
/// <param name="size">The side in pixels, 1 to 4096.</param>
/// <param name="padding">Width of the border on each side, 0 to 4096; default 0.</param>
/// <param name="fill">The border's value in every channel, 0 to 255; default 0.</param>
/// <exception cref="FineTuneException">An option is out of range.</exception>
public sealed class RandomCrop(int size, int padding = 0, byte fill = 0) : ITransform
{
    /// <summary>The side in pixels.</summary>
    public int Size { get; } = Allowed.Side("size of the random crop", size);

    /// <summary>Width of the border on each side.</summary>
    public int Padding { get; } = padding == 0 ? 0 : Allowed.Side("padding of the random crop", padding);

    /// <summary>The border's value in every channel.</summary>
    public byte Fill { get; } = fill;

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random)
    {
        var (rows, columns) = (image.Height + (2 * Padding) - Size, image.Width + (2 * Padding) - Size);
        if (rows < 0 || columns < 0)
        {
            throw new FineTuneException(
                $"{this} does not fit an image of {image.Width} x {image.Height} pixels; resize it first, or pad more.");
        }
        var top = random.NextInt(rows + 1);
        var left = random.NextInt(columns + 1);
        return Crop.Cut(image, new CropBox(left - Padding, top - Padding, Size, Size), Fill);
    }

    /// <inheritdoc/>
    public override string ToString() => $"random_crop({Size}, padding={Padding}, fill={Fill})";
}
