namespace FineTune.Weights;

/// <summary>
/// A pickled dict. Only entries named by a string are kept, in order: others (an optimizer's, by number) hold no weights,
/// and hashing a stranger's keys is asking for trouble.
/// </summary>
internal sealed class PickleDict
{
    private readonly OrderedDictionary<string, object?> _entries = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, object?> Entries => _entries;

    public int Count => _entries.Count;

    public void Set(object? key, object? value)
    {
        if (key is string name)
            _entries[name] = value;
    }
}
