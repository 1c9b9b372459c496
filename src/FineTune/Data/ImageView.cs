using FineTune.Images;

namespace FineTune.Data;

/// <summary>
/// What the network sees of an image: a new image, or the same one. Called from many threads at once; all that is
/// random is drawn from <paramref name="random"/>, which belongs to this image in this epoch.
/// </summary>
/// <param name="image">The decoded image; never changed.</param>
/// <param name="random">The stream of (seed, epoch, sample).</param>
public delegate RgbImage ImageView(RgbImage image, ref RandomStream random);
