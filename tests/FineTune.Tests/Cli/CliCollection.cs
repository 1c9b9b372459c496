namespace FineTune.Tests.Cli;

/// <summary>Tests that share the trained run.</summary>
[CollectionDefinition(nameof(CliCollection))]
public sealed class CliCollection : ICollectionFixture<TrainedRun>;
