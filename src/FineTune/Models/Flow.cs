using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// A tensor on its way through layers: each step frees what the last one made, so that evaluation holds two of them and no more.
/// </summary>
internal static class Flow
{
    /// <summary>Frees <paramref name="x"/> and goes on with <paramref name="next"/>.</summary>
    public static Tensor Replace(this Tensor x, Tensor next)
    {
        if (!ReferenceEquals(x, next))
            x.Dispose();
        return next;
    }
}
