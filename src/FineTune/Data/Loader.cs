using FineTune.Images;

namespace FineTune.Data;

/// <summary>
/// Turns samples into batches of normalised views, decoded ahead by threads. The bits of a batch are a function of
/// (seed, epoch, batch); threads, cache and the batch that is started with change none.
/// </summary>
public sealed class Loader
{
    private readonly LoaderOptions _options;
    private readonly ImageView _view;
    private readonly DecodedCache _cache;
    private readonly DecodedCache _views;
    private readonly Normalizer _normalizer;

    /// <summary>A loader of <paramref name="samples"/>.</summary>
    /// <param name="samples">At least one.</param>
    /// <param name="options">Batches, order, threads, normalisation.</param>
    /// <param name="view">What the network sees of an image; all views in a batch must have one size.</param>
    /// <param name="cache">Decoded images shared with an inspection or another loader, in place of one of its own.</param>
    /// <exception cref="FineTuneException">There are no samples, no full batch, or an option is out of range.</exception>
    public Loader(IReadOnlyList<Sample> samples, LoaderOptions options, ImageView view, DecodedCache? cache = null)
    {
        options.Validate();
        if (samples.Count == 0)
            throw new FineTuneException("There are no images to load.");
        if (options.DropLast && samples.Count < options.BatchSize)
        {
            throw new FineTuneException(
                $"{samples.Count} images make no full batch of {options.BatchSize}, and the last one is to be dropped.");
        }
        (Samples, _options, _view) = (samples, options, view);
        _cache = cache ?? new DecodedCache(options.CacheBytes);
        _views = new DecodedCache(options.ViewBytes);
        _normalizer = new Normalizer(options.Mean, options.Std);
    }

    /// <summary>The samples, in the order that <see cref="Batch.Indices"/> refers to.</summary>
    public IReadOnlyList<Sample> Samples { get; }

    /// <summary>How many batches an epoch has.</summary>
    public int BatchesPerEpoch => _options.BatchesOf(Samples.Count);

    /// <summary>The batches of one epoch, in order. Each is the caller's to dispose.</summary>
    /// <param name="epoch">Decides the order (if shuffled) and the views.</param>
    /// <param name="firstBatch">Where to start; what lies before is not decoded. 0 to <see cref="BatchesPerEpoch"/>.</param>
    /// <param name="rows">Which of the images of a batch are loaded, by their number: at least one. Null: all.</param>
    /// <param name="batches">How many of the batches; null: all that follow.</param>
    /// <exception cref="ImageException">While enumerating: an image cannot be read.</exception>
    /// <exception cref="FineTuneException">While enumerating: views in a batch differ in size.</exception>
    public IEnumerable<Batch> Epoch(long epoch, int firstBatch = 0, Func<int, Range>? rows = null, int? batches = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchesPerEpoch);
        return Batches(Pending(epoch, rows ?? (_ => Range.All)).Skip(firstBatch).Take(batches ?? BatchesPerEpoch));
    }

    private IEnumerable<Batch> Batches(IEnumerable<PendingBatch> pending)
    {
        using var ahead = new Prefetcher([.. pending], _options.Workers, _options.Prefetch);
        while (ahead.Next() is { } batch)
            yield return batch;
    }

    /// <summary>Which samples make each batch of an epoch, in order: positions in <see cref="Samples"/>.</summary>
    /// <param name="epoch">Decides the order (if shuffled or balanced), and with balanced sampling which samples there are.</param>
    public IEnumerable<int[]> Plan(long epoch)
    {
        var order = Order(epoch);
        var joined = _options.JoinsLast(order.Length);
        for (var batch = 0; batch < BatchesPerEpoch; batch++)
        {
            var first = batch * _options.BatchSize;
            var end = joined && batch == BatchesPerEpoch - 1 ? order.Length : Math.Min(first + _options.BatchSize, order.Length);
            yield return order[first..end];
        }
    }

    private int[] Order(long epoch)
    {
        var random = new RandomKey(_options.Seed, epoch, 0, RandomUse.Order).Stream();
        if (_options.Sampling == Sampling.Balanced)
            return BalancedOrder.Draw(Samples, random);
        var order = new int[Samples.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        if (_options.Shuffle)
            random.Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>The batches to be made. A sample that comes more than once in an epoch has a view of its own each time.</summary>
    private IEnumerable<PendingBatch> Pending(long epoch, Func<int, Range> rows)
    {
        var shown = new int[Samples.Count];
        foreach (var whole in Plan(epoch))
        {
            var part = rows(whole.Length);
            var (indices, times) = (whole[part], Array.ConvertAll(whole, index => shown[index]++)[part]);
            yield return new PendingBatch(Samples, indices, slot => View(epoch, indices[slot], times[slot]), _normalizer);
        }
    }

    /// <summary>The view that an epoch has of a sample.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="index">The sample.</param>
    /// <param name="time">How often the epoch has shown it before.</param>
    internal RgbImage View(long epoch, int index, int time = 0) => _views.Load(Samples[index].Path, path =>
    {
        var random = new RandomKey(_options.Seed, epoch, index + ((long)time * Samples.Count), RandomUse.Augment).Stream();
        return _view(_cache.Load(path), ref random);
    });
}
