using System.Text.Json.Nodes;

namespace FineTune.Train.Keys;

/// <summary>A key of a recipe: everything that is known of it stands in its declaration, a row of <see cref="RecipeKeys.All"/>.</summary>
public abstract class RecipeKey
{
    private protected RecipeKey(string name, string meaning) => (Name, Meaning) = (name, meaning);

    /// <summary>As a recipe writes it; a key within another has a dot, as head.dropout.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Meaning { get; }

    /// <summary>What values are allowed, in words.</summary>
    public abstract string Allowed { get; }

    /// <summary>What holds where a recipe leaves it out, as a recipe writes it; empty: nothing.</summary>
    public abstract string Default { get; }

    /// <summary>The unit of its values; null: they have none.</summary>
    public string? Unit { get; init; }

    /// <summary>The version of FineTune that has it first.</summary>
    public string Since { get; init; } = "0.1";

    /// <summary>What another value does to the weights that a run ends with.</summary>
    public KeyEffect Effect { get; init; }

    /// <summary>Whether a resolved recipe has it: not a key that stands for others.</summary>
    internal bool IsWritten { get; init; } = true;

    /// <summary>The map that it lies in; null: none.</summary>
    internal string? Map => Name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? Name[..dot] : null;

    /// <summary>Its name within that.</summary>
    internal string Inner => Map is { } map ? Name[(map.Length + 1)..] : Name;

    /// <summary>Its values as JSON Schema.</summary>
    internal abstract JsonObject Schema { get; }

    /// <summary>A recipe with its value.</summary>
    /// <param name="recipe">Without it.</param>
    /// <param name="value">From YAML; not null.</param>
    /// <exception cref="FineTuneException">It is of another kind, or out of range.</exception>
    internal abstract Recipe Set(Recipe recipe, object value);

    /// <summary>Its value in a recipe, for YAML.</summary>
    internal abstract object? Get(Recipe recipe);

    /// <summary>A recipe with its default.</summary>
    internal abstract Recipe Reset(Recipe recipe);

    /// <summary>Refuses a recipe whose value is out of range.</summary>
    /// <exception cref="FineTuneException">It is.</exception>
    internal abstract void Check(Recipe recipe);
}

/// <summary>A key with values of one type.</summary>
/// <param name="name">As a recipe writes it.</param>
/// <param name="kind">What its values are.</param>
/// <param name="get">Its value in a recipe.</param>
/// <param name="set">A recipe with another value.</param>
/// <param name="meaning">What it does, in a line.</param>
internal sealed class RecipeKey<T>(string name, KeyKind<T> kind, Func<Recipe, T> get, Func<Recipe, T, Recipe> set, string meaning)
    : RecipeKey(name, meaning)
{
    public override string Allowed => kind.Words;

    public override string Default => kind.Show(get(new Recipe()));

    internal override JsonObject Schema => kind.Schema;

    internal override Recipe Set(Recipe recipe, object value)
    {
        var read = kind.Read(Name, value);
        kind.Check(Name, read);
        return set(recipe, read);
    }

    internal override Recipe Reset(Recipe recipe) => set(recipe, get(new Recipe()));

    internal override object? Get(Recipe recipe) => kind.Write(get(recipe));

    internal override void Check(Recipe recipe) => kind.Check(Name, get(recipe));
}
