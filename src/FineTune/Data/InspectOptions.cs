namespace FineTune.Data;

/// <summary>How a dataset is inspected.</summary>
public sealed record InspectOptions
{
    /// <summary>Threads that read and decode; default one a core.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Keeps what is decoded for the loaders that follow, and holds the limits; default null: nothing is kept.</summary>
    public DecodedCache? Cache { get; init; }
}
