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
    public NamedSpec With(string option, object? value) => this with { Options = new Dictionary<string, object?>(Options) { [option] = value } };

    /// <inheritdoc/>
    public override string ToString() => Options.Count == 0 ? Name : $"{Name} ({string.Join(", ", Options.Select(o => $"{o.Key} {OptionReader.Text(o.Value)}"))})";
}
