namespace FineTune.Cli;

/// <summary>Exit codes.</summary>
internal static class Exit
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>A run that was asked to stop and kept a checkpoint: what shells give for Ctrl-C.</summary>
    public const int Stopped = 130;
}
