using FineTune.Images;

namespace FineTune.Augment;

/// <summary>One small pure change of an image. <c>ToString</c> says what it does, in a recipe's words.</summary>
public interface ITransform
{
    /// <summary>A new image, or the same one where nothing changes; <paramref name="image"/> is never written to.</summary>
    /// <param name="image">What to change.</param>
    /// <param name="random">Where all that is random is drawn from.</param>
    /// <exception cref="FineTuneException">The image is too small for it.</exception>
    RgbImage Apply(RgbImage image, ref RandomStream random);
}
