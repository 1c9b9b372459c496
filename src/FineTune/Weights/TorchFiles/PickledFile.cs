namespace FineTune.Weights;

/// <summary>What torch.save wrote: the pickled value, and a way to the bytes of the storages it names.</summary>
/// <param name="Root">The unpickled value.</param>
/// <param name="ReadStorage">Reads the bytes of a whole storage; their number has been checked.</param>
internal sealed record PickledFile(object? Root, Func<PickleStorage, byte[]> ReadStorage)
{
    /// <summary>Classes of objects in it that were not read.</summary>
    public IReadOnlyList<string> NotRead { get; init; } = [];
}
