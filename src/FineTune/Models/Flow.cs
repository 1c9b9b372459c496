using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A tensor on its way through layers: each step frees what the last one made, so that evaluation holds two of them and no more.</summary>
internal static class Flow
{
    /// <summary>The layer's output; <paramref name="x"/> is freed, unless the layer worked in place.</summary>
    public static Tensor Into(this Tensor x, nn.Module<Tensor, Tensor> layer) => x.Replace(layer.call(x));

    /// <summary>Frees <paramref name="x"/> and goes on with <paramref name="next"/>.</summary>
    public static Tensor Replace(this Tensor x, Tensor next)
    {
        if (!ReferenceEquals(x, next))
            x.Dispose();
        return next;
    }
}
