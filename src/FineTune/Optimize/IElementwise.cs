namespace FineTune.Optimize;

/// <summary>A rule with its options read: it trains a parameter vector, or steps a few doubles, which are then one layer.</summary>
internal interface IElementwise
{
    /// <summary>The rule over the trainable part of a vector.</summary>
    Optimizer Optimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups);

    /// <summary>The rule in double precision over <paramref name="count"/> weights.</summary>
    IStepper Stepper(int count, double weightDecay);
}
