namespace FineTune.Weights;

/// <summary>A tensor that a model and its weights both have, in different shapes.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Expected">The model's shape.</param>
/// <param name="Found">The weights' shape.</param>
public sealed record Misshapen(string Name, IReadOnlyList<long> Expected, IReadOnlyList<long> Found)
{
    /// <summary>"fc.weight is [1000, 512] where the model has [2, 512]".</summary>
    public override string ToString() =>
        $"{WeightException.Printable(Name)} is {Shapes.Text(Found)} where the model has {Shapes.Text(Expected)}";
}
