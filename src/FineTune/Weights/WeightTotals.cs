namespace FineTune.Weights;

/// <summary>
/// What files that are read as one ask for together: the shards of an index share one of these, any other file has its own.
/// </summary>
internal sealed class WeightTotals
{
    /// <summary>Bytes of the files.</summary>
    public long FileBytes { get; set; }

    /// <summary>Tensors.</summary>
    public long Tensors { get; set; }

    /// <summary>Bytes of the tensors, each laid out row by row.</summary>
    public long TensorBytes { get; set; }

    /// <summary>Those of strided and repeated views among them.</summary>
    public long ViewBytes { get; set; }

    /// <summary>Operations of the pickles.</summary>
    public long PickleOperations { get; set; }

    /// <summary>True for the shards of an index.</summary>
    public bool OfShards { get; init; }

    /// <summary>Whose sums they are: how a message begins.</summary>
    public string Has => OfShards ? "it and the shards before it have" : "it has";

    /// <summary>The same before a noun.</summary>
    public string Its => OfShards ? "its and the earlier shards'" : "its";
}
