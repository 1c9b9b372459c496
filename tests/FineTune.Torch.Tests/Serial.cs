namespace TorchSharp.Tests;

/// <summary>Tests that count the tensors alive, or set the engine's global state, run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Serial
{
    public const string Name = "serial";
}
