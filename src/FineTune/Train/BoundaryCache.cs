using FineTune.Data;
using FineTune.Distributed;
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
    private readonly BoundaryStore? _store;
    private readonly Lazy<string> _key;
    private readonly long _bytes; // of a view
    private readonly Shares? _shares; // null: this process computes all

    /// <summary>An empty cache; the network is left in inference mode.</summary>
    /// <param name="prefix">Owned by the caller.</param>
    /// <param name="loader">The images in order, augmented where views differ.</param>
    /// <param name="views">Views an image, at least 1; epoch e shows view e mod views.</param>
    /// <param name="store">Where views are kept from run to run; null: in memory alone.</param>
    /// <param name="key">
    /// Says all that a view depends on beside its number: weights, images, what is done to them. Asked when the first view is.
    /// </param>
    /// <param name="shares">Which images are computed by which rank; null: all are computed here.</param>
    public BoundaryCache(
        FrozenPrefix prefix, Loader loader, int views, BoundaryStore? store = null, Func<string>? key = null, Shares? shares = null)
    {
        _shares = shares is { IsWorthIt: true } ? shares : null;
        (_prefix, _loader, _views, _store, _key) =
            (prefix, loader, new Tensor?[views], store, new Lazy<string>(key ?? (() => string.Empty)));
        _bytes = store is null ? 0 : prefix.Line.BoundaryBytes() * loader.Samples.Count;
    }

    /// <summary>Views an image.</summary>
    public int Views => _views.Length;

    /// <summary>Views that were computed here.</summary>
    public int Computed { get; private set; }

    private Device Device => _prefix.Line.Network.parameters().First().device;

    /// <summary>The boundary of all images in an epoch: [n, ...] float32. Owned by the cache.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="stop">Ends the computing of a view early; nothing of it is kept.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Tensor Epoch(long epoch, CancellationToken stop = default) => _views[epoch % Views] ??= View(epoch % Views, stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _views)
            view?.Dispose();
    }

    private Tensor View(long view, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        if (_store is null)
            return InMemory(view, stop).DetachFromDisposeScope();
        var (key, n) = (FormattableString.Invariant($"{_key.Value}\nview {view}"), _loader.Samples.Count);
        return (_store.Find(key, n)?.to(Device)
            ?? _store.Keep(key, n, _bytes, () => Batches(view, stop))?.to(Device) ?? InMemory(view, stop)).DetachFromDisposeScope();
    }

    private Tensor InMemory(long view, CancellationToken stop)
    {
        Tensor? all = null;
        var done = 0L;
        var (first, end) = _shares is null ? (0, int.MaxValue) : (_shares.Batches.Start.Value, _shares.Batches.End.Value);
        var count = _shares is null ? _loader.Samples.Count : _shares.Items.End.Value - _shares.Items.Start.Value;
        foreach (var part in Batches(view, stop, first).Take(end - first))
        {
            using (part)
            {
                all ??= zeros([count, .. part.shape.Skip(1)], ScalarType.Float32, Device);
                using var rows = all.narrow(0, done, part.shape[0]);
                rows.copy_(part);
                done += part.shape[0];
            }
        }

        return _shares is null ? all! : _shares.Gather(all!);
    }

    private IEnumerable<Tensor> Batches(long view, CancellationToken stop, int first = 0)
    {
        Computed++;
        foreach (var batch in _loader.Epoch(view, first))
        {
            stop.ThrowIfCancellationRequested();
            using (batch)
                yield return Boundary(batch); // no scope is open here: it would be the caller's too
        }
    }

    private Tensor Boundary(Batch batch)
    {
        using var scope = NewDisposeScope();
        return _prefix.Forward(Predictor.ToTensor(batch, Device)).to(ScalarType.Float32).contiguous().DetachFromDisposeScope(); // [N, ...]
    }
}
