using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>The weights of the moment, kept by rules that leave them to look elsewhere: adding and taking away again would round.</summary>
internal sealed class KeptWeights : IDisposable
{
    private Tensor? _kept; // made once: so much new memory every step would cost more than the copy

    /// <summary>Keeps a copy of w.</summary>
    public void Keep(Tensor w)
    {
        using var _ = no_grad();
        _kept ??= empty_like(w).DetachFromDisposeScope();
        _kept.copy_(w);
    }

    /// <summary>Puts w back to the bits that were kept.</summary>
    public void PutBack(Tensor w)
    {
        using var _ = no_grad();
        w.copy_(_kept!);
    }

    public void Dispose() => _kept?.Dispose();
}
