namespace FineTune.Augment;

/// <summary>One transform as a recipe writes it.</summary>
/// <param name="Name">A name of <see cref="Augmentations.Transforms"/>.</param>
/// <param name="Options">
/// Option to value: a number, its text, or for a range a list of two numbers (or "0.08..1"). What is left out has its default.
/// </param>
public sealed record TransformSpec(string Name, IReadOnlyDictionary<string, object?> Options)
{
    /// <summary>A transform with its defaults.</summary>
    public TransformSpec(string name)
        : this(name, new Dictionary<string, object?>())
    {
    }
}
