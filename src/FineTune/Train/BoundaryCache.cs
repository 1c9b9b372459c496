using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>
/// The output at the freeze line of every image, a view at a time, each computed once: an image seen before is not decoded,
/// resized or convolved again. View v is what epoch v would have shown, so with no augmentation, or in the first epochs,
/// nothing differs from training without a cache; only an image that balanced sampling shows again within an epoch shows the
/// same view again. Images run in a fixed order and fixed batches, so that the bits do not
/// depend on when a view is first asked for.
/// </summary>
public sealed class BoundaryCache : IDisposable
{
    private readonly FrozenPrefix _prefix;
    private readonly Loader _loader;
    private readonly Tensor?[] _views;

    /// <summary>An empty cache.</summary>
    /// <param name="prefix">Owned by the caller.</param>
    /// <param name="loader">The images in order, augmented where views differ.</param>
    /// <param name="views">Views an image, at least 1; epoch e shows view e mod views.</param>
    public BoundaryCache(FrozenPrefix prefix, Loader loader, int views)
    {
        (_prefix, _loader, _views) = (prefix, loader, new Tensor?[views]);
    }

    /// <summary>Views an image.</summary>
    public int Views => _views.Length;

    /// <summary>Views that have been computed.</summary>
    public int Filled => _views.Count(v => v is not null);

    /// <summary>The boundary of all images in an epoch: [n, ...] float32. Owned by the cache.</summary>
    public Tensor Epoch(long epoch) => _views[epoch % Views] ??= Compute(epoch % Views);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _views)
            view?.Dispose();
    }

    private Tensor Compute(long view)
    {
        using var scope = NewDisposeScope();
        var device = _prefix.Line.Network.parameters().First().device;
        Tensor? all = null;
        var done = 0L;
        foreach (var batch in _loader.Epoch(view))
        {
            using (batch)
            {
                using var inner = NewDisposeScope();
                var part = _prefix.Forward(Predictor.ToTensor(batch, device)); // [N, ...]
                all ??= zeros([_loader.Samples.Count, .. part.shape.Skip(1)], ScalarType.Float32, device).MoveToOtherDisposeScope(scope);
                all.narrow(0, done, batch.Count).copy_(part);
                done += batch.Count;
            }
        }

        return all!.DetachFromDisposeScope();
    }
}
