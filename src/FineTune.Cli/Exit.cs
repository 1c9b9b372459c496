namespace FineTune.Cli;

/// <summary>Exit codes.</summary>
internal static class Exit
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>A run that was trained again has other weights, and figures in the ranges that its recipe expects.</summary>
    public const int WithinRange = 3;

    /// <summary>A run that was trained again is different.</summary>
    public const int Different = 4;

    /// <summary>Another process is at the task: what sysexits.h calls a temporary failure.</summary>
    public const int Held = Experiment.Sweeps.Engines.LocalProcesses.HeldCode;

    /// <summary>A run that was asked to stop and kept a checkpoint: what shells give for Ctrl-C.</summary>
    public const int Stopped = 130;
}
