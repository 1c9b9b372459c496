namespace FineTune.Tests;

/// <summary>Tests that draw from the engine's generator, set its threads or count its tensors run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Serial
{
    public const string Name = "serial";
}
