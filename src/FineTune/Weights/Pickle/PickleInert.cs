namespace FineTune.Weights;

/// <summary>A value that a checkpoint may hold beside its weights and that nothing here needs: only its class is kept.</summary>
/// <param name="Class">As in "pathlib.PosixPath"; null for bytes, sets and numbers that are too long.</param>
internal sealed record PickleInert(string? Class)
{
    /// <summary>One without a class.</summary>
    public static PickleInert Value { get; } = new((string?)null);
}
