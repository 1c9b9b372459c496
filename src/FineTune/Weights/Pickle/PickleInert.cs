namespace FineTune.Weights;

/// <summary>A value that a checkpoint may hold beside its weights and that nothing here needs: known, and dropped.</summary>
internal sealed class PickleInert
{
    private PickleInert()
    {
    }

    public static PickleInert Value { get; } = new();
}
