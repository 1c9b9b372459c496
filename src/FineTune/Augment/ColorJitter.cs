using FineTune.Images;

namespace FineTune.Augment;

/// <summary>
/// Changes brightness, contrast, saturation and hue by random factors, in random order (torchvision's ColorJitter). A
/// factor is uniform in [max(0, 1 - x), 1 + x], the hue's shift in [-x, x]; a part of which x is 0 is left out.
/// </summary>
public sealed class ColorJitter : ITransform
{
    private const double MaxHue = 0.5; // half the circle, either way

    private readonly (double Amount, Func<RgbImage, double, RgbImage> Adjust)[] _parts;

    /// <summary>A jitter of the four.</summary>
    /// <param name="brightness">x of the brightness, at least 0; default 0.</param>
    /// <param name="contrast">x of the contrast, at least 0; default 0.</param>
    /// <param name="saturation">x of the saturation, at least 0; default 0.</param>
    /// <param name="hue">x of the hue in turns of the colour circle, 0 to 0.5; default 0.</param>
    /// <exception cref="FineTuneException">An option is out of range.</exception>
    public ColorJitter(double brightness = 0, double contrast = 0, double saturation = 0, double hue = 0)
    {
        Brightness = Allowed.NotNegative("brightness of the colour jitter", brightness);
        Contrast = Allowed.NotNegative("contrast of the colour jitter", contrast);
        Saturation = Allowed.NotNegative("saturation of the colour jitter", saturation);
        Hue = Allowed.Within("hue of the colour jitter", hue, 0, MaxHue);
        _parts =
        [
            (Brightness, ColorAdjust.Brightness),
            (Contrast, ColorAdjust.Contrast),
            (Saturation, ColorAdjust.Saturation),
            (Hue, ColorAdjust.Hue),
        ];
    }

    /// <summary>x of the brightness.</summary>
    public double Brightness { get; }

    /// <summary>x of the contrast.</summary>
    public double Contrast { get; }

    /// <summary>x of the saturation.</summary>
    public double Saturation { get; }

    /// <summary>x of the hue, in turns of the colour circle.</summary>
    public double Hue { get; }

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random)
    {
        Span<int> order = [0, 1, 2, 3];
        random.Shuffle(order);
        foreach (var part in order)
        {
            var (amount, adjust) = _parts[part];
            if (amount == 0)
                continue;
            var middle = part == 3 ? 0.0 : 1.0;
            var low = part == 3 ? -amount : Math.Max(0, middle - amount);
            image = adjust(image, random.NextDouble(low, middle + amount));
        }

        return image;
    }

    /// <inheritdoc/>
    public override string ToString() => $"color_jitter(brightness={Brightness}, contrast={Contrast}, saturation={Saturation}, hue={Hue})";
}
