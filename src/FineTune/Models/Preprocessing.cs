using FineTune.Images;

namespace FineTune.Models;

/// <summary>What an image must look like before a network sees it.</summary>
/// <param name="InputSize">Pixels a side of the square that goes in.</param>
/// <param name="ResizeTo">
/// Pixels of the shorter side before the central square is cut out at evaluation; null: the image goes in as it is.
/// </param>
/// <param name="Mean">Mean of red, green, blue, subtracted; in units of full scale, 0..1.</param>
/// <param name="Std">Standard deviation of red, green, blue, divided by; in units of full scale, 0..1.</param>
public sealed record Preprocessing(int InputSize, int? ResizeTo, float[] Mean, float[] Std)
{
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetStd = [0.229f, 0.224f, 0.225f];

    /// <summary>The filter of the resize. Default bilinear.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>224 cut from 256, ImageNet's statistics: torchvision's.</summary>
    public static Preprocessing ImageNet { get; } = new(224, 256, ImageNetMean, ImageNetStd);

    /// <summary>ImageNet's statistics at another size.</summary>
    internal static Preprocessing ForImageNet(int size, int resize, Interpolation interpolation = Interpolation.Bilinear) =>
        new(size, resize, ImageNetMean, ImageNetStd) { Interpolation = interpolation };

    /// <summary>
    /// A mean and a standard deviation of one half: what torchvision's transform_input and its EfficientNet v2 L amount to.
    /// </summary>
    internal static Preprocessing HalfCentred(int size, int resize) => new(size, resize, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>32 pixels, ImageNet's statistics: what the public CIFAR ResNets were trained with. Larger images shrink to them.</summary>
    public static Preprocessing Cifar { get; } = new(32, 32, ImageNetMean, ImageNetStd);

    /// <summary>Whether both make the same of an image.</summary>
    public bool Equals(Preprocessing? other) => other is not null
        && (InputSize, ResizeTo, Interpolation) == (other.InputSize, other.ResizeTo, other.Interpolation)
        && Mean.SequenceEqual(other.Mean) && Std.SequenceEqual(other.Std);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(InputSize, ResizeTo, Interpolation, Mean[0], Std[0]);

    /// <summary>What cannot be, as a clause with what is allowed; null where all can.</summary>
    internal string? Problem()
    {
        if (InputSize is < InputBounds.LeastSide or > InputBounds.MostSide)
            return $"an input of {InputSize} pixels ({InputBounds.LeastSide} to {InputBounds.MostSide} is allowed)";
        if (ResizeTo is < InputBounds.LeastSide or > InputBounds.MostResize)
            return $"a resize to {ResizeTo} pixels ({InputBounds.LeastSide} to {InputBounds.MostResize} is allowed)";
        if (!Enum.IsDefined(Interpolation))
            return $"an interpolation {Interpolation} (bilinear and bicubic are allowed)";
        if (Mean.Length != 3 || !Mean.All(float.IsFinite))
            return $"a mean of [{string.Join(", ", Mean)}] (three finite numbers are allowed)";
        return Std.Length != 3 || !Std.All(s => float.IsFinite(s) && s > 0)
            ? $"a standard deviation of [{string.Join(", ", Std)}] (three finite numbers above 0 are allowed)"
            : null;
    }
}
