namespace FineTune.Tests.Packages;

/// <summary>Tests that share the packed packages.</summary>
[CollectionDefinition(nameof(PackageCollection))]
public sealed class PackageCollection : ICollectionFixture<PackedPackages>;
