using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Mirrors an image left to right with a given probability (torchvision's RandomHorizontalFlip).</summary>
/// <param name="probability">How often, 0 to 1; default 0.5.</param>
/// <exception cref="FineTuneException">The probability is out of range.</exception>
public sealed class HorizontalFlip(double probability = 0.5) : ITransform
{
    /// <summary>How often, 0 to 1.</summary>
    public double Probability { get; } = Allowed.Within("probability of the horizontal flip", probability, 0, 1);

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random) => random.NextDouble() < Probability ? Mirror(image) : image;

    /// <inheritdoc/>
    public override string ToString() => $"horizontal_flip(p={Probability})";

    /// <summary>The image, left to right.</summary>
    internal static RgbImage Mirror(RgbImage image)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(image.Pixels.Length);
        var row = 3 * image.Width;
        for (var start = 0; start < pixels.Length; start += row)
        {
            var from = image.Pixels.AsSpan(start, row);
            var to = pixels.AsSpan(start, row);
            for (int x = 0, mirrored = row - 3; x < row; x += 3, mirrored -= 3)
            {
                to[mirrored] = from[x];
                to[mirrored + 1] = from[x + 1];
                to[mirrored + 2] = from[x + 2];
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }
}
