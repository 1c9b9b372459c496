namespace FineTune.Data;

/// <summary>How samples are grouped into batches and decoded ahead.</summary>
public sealed record LoaderOptions
{
    /// <summary>ImageNet's mean over red, green, blue, as torchvision's models are trained with.</summary>
    public static IReadOnlyList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>ImageNet's standard deviation over red, green, blue.</summary>
    public static IReadOnlyList<float> ImageNetStd { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Images a batch, at least 1; default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Whether each epoch has an order of its own; default false: the order of the samples.</summary>
    public bool Shuffle { get; init; }

    /// <summary>
    /// Which samples an epoch shows; default uniform. A balanced epoch has an order of its own, whatever <see cref="Shuffle"/> says.
    /// </summary>
    public Sampling Sampling { get; init; }

    /// <summary>The run's seed; default 0. With the epoch and a sample's index it decides every bit.</summary>
    public long Seed { get; init; }

    /// <summary>Threads that decode, at least 1; default one a core. No bit depends on it.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Leaves out a last batch that is not full; default false.</summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// A last batch of one image joins the batch before it, which has one more than <see cref="BatchSize"/> then: batch norm cannot
    /// learn from one value a channel. Default false. Without effect where a batch is one image, or there is one image in all.
    /// </summary>
    public bool JoinSingle { get; init; }

    /// <summary>Batches that are held ready or in the making, at least 1; default 4.</summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>Bytes of decoded images kept in memory between epochs; default 1 GiB, 0 keeps none. No bit depends on it.</summary>
    public long CacheBytes { get; init; } = DecodedCache.DefaultCapacity;

    /// <summary>
    /// Bytes of views kept in memory between epochs; default 0. For a view that is the same in every epoch: the first that was seen stays.
    /// </summary>
    public long ViewBytes { get; init; }

    /// <summary>Subtracted from each channel of a pixel in 0..1; three numbers, default ImageNet's.</summary>
    public IReadOnlyList<float> Mean { get; init; } = ImageNetMean;

    /// <summary>Divides each channel then; three positive numbers, default ImageNet's.</summary>
    public IReadOnlyList<float> Std { get; init; } = ImageNetStd;

    /// <summary>How many batches so many images make.</summary>
    internal int BatchesOf(int images) => DropLast || JoinsLast(images)
        ? images / BatchSize
        : (images + BatchSize - 1) / BatchSize;

    /// <summary>Whether the last of so many images would be alone in its batch, and joins the one before.</summary>
    internal bool JoinsLast(int images) => JoinSingle && !DropLast && BatchSize > 1 && images > BatchSize && images % BatchSize == 1;

    internal void Validate()
    {
        if (BatchSize < 1)
            throw new FineTuneException($"The batch size is {BatchSize}; it must be at least 1.");
        if (Workers < 1)
            throw new FineTuneException($"The number of loader threads is {Workers}; it must be at least 1.");
        if (Prefetch < 1)
            throw new FineTuneException($"The number of batches to hold ready is {Prefetch}; it must be at least 1.");
        if (CacheBytes < 0)
            throw new FineTuneException($"The size of the image cache is {CacheBytes} bytes; it must be at least 0.");
        if (ViewBytes < 0)
            throw new FineTuneException($"The size of the cache of views is {ViewBytes} bytes; it must be at least 0.");
    }
}
