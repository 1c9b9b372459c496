using FineTune.Images;

namespace FineTune.Augment;

/// <summary>
/// Cuts a rectangle of random area, shape and place and scales it to a square (torchvision's RandomResizedCrop; Szegedy
/// et al. 2014, "Going deeper with convolutions", section 6).
/// </summary>
public sealed class RandomResizedCrop : ITransform
{
    private const int Tries = 10; // torchvision's

    /// <summary>A crop that is scaled to <paramref name="size"/>.</summary>
    /// <param name="size">The side afterwards, in pixels; 1 to 4096.</param>
    /// <param name="scale">The crop's area as part of the image's; above 0, to 1; default 0.08 to 1.</param>
    /// <param name="ratio">The crop's width over its height, uniform in its logarithm; above 0; default 3/4 to 4/3.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="FineTuneException">An option is out of range.</exception>
    public RandomResizedCrop(int size, Interval? scale = null, Interval? ratio = null, Interpolation interpolation = Interpolation.Bilinear)
    {
        Interpolation = interpolation;
        Size = Allowed.Side("size of the random resized crop", size);
        Scale = Allowed.Range("scale of the random resized crop", scale ?? DefaultScale, 1);
        Ratio = Allowed.Range("ratio of the random resized crop", ratio ?? DefaultRatio, double.PositiveInfinity);
    }

    /// <summary>0.08 to 1.</summary>
    public static Interval DefaultScale { get; } = new(0.08, 1);

    /// <summary>3/4 to 4/3.</summary>
    public static Interval DefaultRatio { get; } = new(3.0 / 4, 4.0 / 3);

    /// <summary>The side afterwards, in pixels.</summary>
    public int Size { get; }

    /// <summary>The filter of the resize.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>The crop's area as part of the image's.</summary>
    public Interval Scale { get; }

    /// <summary>The crop's width over its height.</summary>
    public Interval Ratio { get; }

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random)
    {
        var box = Box(image.Width, image.Height, ref random);
        return Resize.Crop(image, box.Left, box.Top, box.Width, box.Height, Size, Size, Interpolation);
    }

    /// <inheritdoc/>
    public override string ToString() => $"random_resized_crop({Size}, scale={Scale}, ratio={Ratio})";

    /// <summary>
    /// The rectangle, wholly inside the image; after ten that did not fit, the largest in the middle with an allowed ratio.
    /// </summary>
    internal CropBox Box(int width, int height, ref RandomStream random)
    {
        var area = (double)width * height;
        for (var i = 0; i < Tries; i++)
        {
            var target = area * random.NextDouble(Scale.Low, Scale.High);
            var ratio = Math.Exp(random.NextDouble(Math.Log(Ratio.Low), Math.Log(Ratio.High)));
            var w = Math.Round(Math.Sqrt(target * ratio), MidpointRounding.ToEven);
            var h = Math.Round(Math.Sqrt(target / ratio), MidpointRounding.ToEven);
            if (w < 1 || h < 1 || w > width || h > height)
                continue;
            var top = random.NextInt(height - (int)h + 1);
            var left = random.NextInt(width - (int)w + 1);
            return new CropBox(left, top, (int)w, (int)h);
        }

        return Fallback(width, height);
    }

    private CropBox Fallback(int width, int height)
    {
        var ratio = (double)width / height;
        var (w, h) = (width, height);
        if (ratio < Ratio.Low)
            h = Math.Max(1, (int)Math.Round(width / Ratio.Low, MidpointRounding.ToEven));
        else if (ratio > Ratio.High)
            w = Math.Max(1, (int)Math.Round(height * Ratio.High, MidpointRounding.ToEven));
        return new CropBox((width - w) / 2, (height - h) / 2, w, h);
    }
}
