using System.Text.Json.Nodes;

namespace FineTune.Train.Keys;

/// <summary>What the values of a key are: how they are read, checked, written and described. A row of <see cref="Kinds"/>.</summary>
/// <typeparam name="T">The values as a recipe has them.</typeparam>
internal abstract class KeyKind<T>
{
    /// <summary>What is allowed, for people: "1 to 1000000".</summary>
    public abstract string Words { get; }

    /// <summary>The same as JSON Schema.</summary>
    public abstract JsonObject Schema { get; }

    /// <summary>From a YAML value.</summary>
    /// <param name="key">The key, for messages.</param>
    /// <param name="value">A number, a truth value, a text, a list or a map; not null.</param>
    /// <exception cref="FineTuneException">It is of another kind.</exception>
    public abstract T Read(string key, object value);

    /// <summary>As a YAML value.</summary>
    public virtual object? Write(T value) => value;

    /// <summary>As a person reads it; empty: nothing.</summary>
    public virtual string Show(T value) => Write(value) is { } plain ? OptionReader.Text(plain) : string.Empty;

    /// <summary>Refuses what is out of range.</summary>
    /// <exception cref="FineTuneException">It is.</exception>
    public virtual void Check(string key, T value)
    {
    }

    /// <summary>What a key cannot be, and what it can.</summary>
    protected static FineTuneException Refuse(string key, string value, string allowed) =>
        new($"The recipe's {key} is {value}; {allowed} is allowed.");
}
