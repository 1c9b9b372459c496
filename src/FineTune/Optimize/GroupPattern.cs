namespace FineTune.Optimize;

/// <summary>A parameter group as a recipe writes it.</summary>
/// <param name="Match">Names of parameters, with * for any text: "layer4.*".</param>
/// <param name="LrScale">Factor on the learning rate, at least 0.</param>
/// <param name="WeightDecay">Weight decay; null: the optimizer's.</param>
public sealed record GroupPattern(string Match, double LrScale, double? WeightDecay)
{
    private readonly NamePattern _pattern = new(Match);

    /// <summary>Whether a parameter belongs to the group.</summary>
    public bool Matches(string parameter) => _pattern.Matches(parameter);
}
