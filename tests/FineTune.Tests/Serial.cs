namespace FineTune.Tests;

/// <summary>
/// Tests that draw from the engine's generator, set its threads or count its tensors run one after the other. scripts/test.sh gives them
/// two processes of their own, beside that of all others.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Serial
{
    public const string Name = "serial", Category = "Category";
}
