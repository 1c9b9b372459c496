using FineTune.Data;
using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Transforms one after another; without any, the image as it is.</summary>
/// <param name="transforms">In the order in which they apply.</param>
public sealed class Pipeline(params IReadOnlyList<ITransform> transforms) : ITransform
{
    /// <summary>In the order in which they apply.</summary>
    public IReadOnlyList<ITransform> Transforms { get; } = [.. transforms];

    /// <summary>This pipeline as the view that a loader takes.</summary>
    public static implicit operator ImageView(Pipeline pipeline) => pipeline.ToImageView();

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, ref RandomStream random)
    {
        foreach (var transform in Transforms)
            image = transform.Apply(image, ref random);
        return image;
    }

    /// <summary>This pipeline as the view that a loader takes.</summary>
    public ImageView ToImageView() => Apply;

    /// <inheritdoc/>
    public override string ToString() => Transforms.Count == 0 ? "as it is" : string.Join(", ", Transforms);
}
