namespace FineTune;

/// <summary>A row of a registry as a recipe writes it: its name alone, or with options.</summary>
/// <param name="Name">A name of the registry.</param>
/// <param name="Options">Option to value: a number, a truth value, a text or a list. What is left out has its default.</param>
public sealed record NamedSpec(string Name, IReadOnlyDictionary<string, object?> Options)
{
    /// <summary>A row with its defaults.</summary>
    public NamedSpec(string name)
        : this(name, new Dictionary<string, object?>())
    {
    }

    /// <summary>The same row with one more option.</summary>
    public NamedSpec With(string option, object? value) =>
        this with { Options = new Dictionary<string, object?>(Options) { [option] = value } };

    /// <summary>From a recipe's value: a name, or a map with a name.</summary>
    /// <param name="key">What it stands for, for the message.</param>
    /// <param name="value">A text or a map.</param>
    /// <exception cref="FineTuneException">It is neither.</exception>
    public static NamedSpec Parse(string key, object value) => value switch
    {
        string name => new NamedSpec(name),
        IReadOnlyDictionary<string, object?> map when map.TryGetValue("name", out var name) && name is string text =>
            new NamedSpec(text, map.Where(m => m.Key != "name").ToDictionary(m => m.Key, m => m.Value)),
        _ => throw new FineTuneException($"The recipe's {key} is a name, or a map with a name, as in {{ name: ..., option: value }}."),
    };

    /// <summary>As a recipe writes it on one line: { name: sgd, lr: 0.01 }.</summary>
    public string Yaml =>
        $"{{ {string.Join(", ", Options.Select(o => $"{o.Key}: {OptionReader.Text(o.Value)}").Prepend($"name: {Name}"))} }}";

    /// <inheritdoc/>
    public override string ToString() =>
        Options.Count == 0 ? Name : $"{Name} ({string.Join(", ", Options.Select(o => $"{o.Key} {OptionReader.Text(o.Value)}"))})";
}
