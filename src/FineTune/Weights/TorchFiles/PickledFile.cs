namespace FineTune.Weights;

/// <summary>What torch.save wrote: the pickled value, and the storages it names.</summary>
/// <param name="Root">The unpickled value.</param>
/// <param name="Storages">Where they are, by their keys; their sizes have been checked.</param>
internal sealed record PickledFile(object? Root, IReadOnlyDictionary<string, StoredBytes> Storages)
{
    /// <summary>Classes of objects in it that were not read.</summary>
    public IReadOnlyList<string> NotRead { get; init; } = [];
}
