using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FineTune.Weights;

/// <summary>Named tensors, in the order in which they were stored or added, and a few words about them.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "The field's name for it.")]
public sealed class StateDict : IReadOnlyDictionary<string, TensorData>
{
    private const string ClassesKey = "classes";
    private readonly OrderedDictionary<string, TensorData> _tensors = new(StringComparer.Ordinal);

    /// <summary>What is stored beside the tensors: "arch", "epoch", "classes" (a JSON list of names) and the like.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The class names that the head was trained on, in the order of its outputs, composed (NFC); null where the file has none.
    /// </summary>
    public IReadOnlyList<string>? Classes
    {
        get => Metadata.TryGetValue(ClassesKey, out var json) ? ParseClasses(json) : null;
        set
        {
            if (value is null)
                Metadata.Remove(ClassesKey);
            else
                Metadata[ClassesKey] = JsonSerializer.Serialize(value);
        }
    }

    /// <summary>What was left out, chosen or renamed since the file was opened, a sentence each. Default: nothing.</summary>
    public IList<string> Notes { get; } = [];

    /// <summary>Classes of objects that the file holds beside the tensors, and that were not read. Default: none.</summary>
    public IReadOnlyList<string> NotRead { get; init; } = [];

    /// <inheritdoc/>
    public int Count => _tensors.Count;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => _tensors.Keys;

    /// <summary>The tensors, in order.</summary>
    public IEnumerable<TensorData> Values => _tensors.Values;

    /// <summary>The names with the shapes of their tensors, in order.</summary>
    internal IEnumerable<KeyValuePair<string, IReadOnlyList<long>>> Shapes =>
        _tensors.Select(t => KeyValuePair.Create(t.Key, t.Value.Shape));

    /// <inheritdoc/>
    public TensorData this[string key] => _tensors[key];

    /// <summary>Adds a tensor at the end.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(string name, TensorData tensor) => _tensors.Add(name, tensor);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TensorData value) => _tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TensorData>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The same tensors with <paramref name="prefix"/> taken off every name, if every name has it (as "module." after
    /// DataParallel, "_orig_mod." after torch.compile); otherwise this.
    /// </summary>
    public StateDict WithoutPrefix(string prefix)
    {
        if (Count == 0 || Keys.Any(k => !k.StartsWith(prefix, StringComparison.Ordinal) || k.Length == prefix.Length))
            return this;
        var bare = WithoutTensors();
        foreach (var (name, tensor) in this)
            bare.Add(name[prefix.Length..], tensor);
        return bare;
    }

    /// <summary>The same names, metadata and notes with other values.</summary>
    internal StateDict Select(Func<string, TensorData, TensorData> value)
    {
        var other = WithoutTensors();
        foreach (var (name, tensor) in this)
            other.Add(name, value(name, tensor));
        return other;
    }

    /// <summary>A new state dict with this one's metadata and notes, and no tensor.</summary>
    internal StateDict WithoutTensors()
    {
        var empty = new StateDict { NotRead = NotRead };
        foreach (var (key, value) in Metadata)
            empty.Metadata[key] = value;
        foreach (var note in Notes)
            empty.Notes.Add(note);
        return empty;
    }

    /// <summary>What is wrong with the class names, as a clause; null where nothing is, or there are none.</summary>
    internal string? ProblemOfClasses()
    {
        if (!Metadata.TryGetValue(ClassesKey, out var json) || json.AsSpan().Trim().ContainsAnyExceptInRange('0', '9') == false)
            return null; // none, or another tool's number of classes
        if (ParseClasses(json) is not { } names)
            return "its classes are not a list of names";
        if (names.Length == 0)
            return "its list of classes is empty";
        if (names.Any(string.IsNullOrWhiteSpace))
            return "its list of classes has an empty name";
        var twice = names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? null : $"its list of classes names '{WeightException.Printable(twice.Key)}' more than once";
    }

    private static string[]? ParseClasses(string json)
    {
        try
        {
            var names = JsonSerializer.Deserialize<string?[]>(json);
            return names is null || names.Contains(null) ? null : Array.ConvertAll(names, n => Nfc.Of(n!));
        }
        catch (JsonException)
        {
            return null; // somebody else's "classes", in a form of their own
        }
    }
}
