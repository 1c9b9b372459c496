namespace FineTune.Weights;

/// <summary>What a weight file, or the shards of an index together, may ask for. Files from strangers are attacks until checked.</summary>
public sealed record WeightLimits
{
    /// <summary>The defaults.</summary>
    public static WeightLimits Default { get; } = new();

    /// <summary>Bytes of the file, or of all shards of an index together. Default 8 GiB.</summary>
    public long MaxFileBytes { get; init; } = 8L << 30;

    /// <summary>Tensors in the state dict, and storages in the file. Default 100,000.</summary>
    public int MaxTensors { get; init; } = 100_000;

    /// <summary>Bytes of all tensors of the state dict together. Default 8 GiB.</summary>
    public long MaxTotalBytes { get; init; } = 8L << 30;

    /// <summary>
    /// Bytes that strided or repeated views may take beyond the size of the file when they are laid out row by row.
    /// Default 256 MiB.
    /// </summary>
    public long MaxExpandedBytes { get; init; } = 256L << 20;

    /// <summary>Dimensions of a tensor. Default 32.</summary>
    public int MaxDimensions { get; init; } = 32;

    /// <summary>Bytes of a safetensors header. Default 100,000,000 (the format's own limit).</summary>
    public int MaxHeaderBytes { get; init; } = 100_000_000;

    /// <summary>Bytes of an index of shards. Default 32 MiB.</summary>
    public long MaxIndexBytes { get; init; } = 32L << 20;

    /// <summary>Files that an index names; each is kept open. Default 500.</summary>
    public int MaxShards { get; init; } = 500;

    /// <summary>Operations of all pickles of a file together. Default 10,000,000.</summary>
    public long MaxPickleOperations { get; init; } = 10_000_000;

    /// <summary>Values on a pickle's stack. Default 1,000,000.</summary>
    public int MaxPickleStack { get; init; } = 1_000_000;

    /// <summary>Values in a pickle's memo. Default 1,000,000.</summary>
    public int MaxPickleMemo { get; init; } = 1_000_000;

    /// <summary>Bytes of one string. Default 1 MiB.</summary>
    public int MaxStringBytes { get; init; } = 1 << 20;
}
