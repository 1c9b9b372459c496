using System.CommandLine;
using FineTune.Data;

namespace FineTune.Cli;

/// <summary>Words of options that verbs share.</summary>
internal static class Options
{
    /// <summary>--on-bad-file.</summary>
    public static Option<string?> OnBadFile() =>
        new Option<string?>("--on-bad-file") { Description = "What to do about an image that cannot be read: fail (default) or skip", HelpName = "fail|skip" }.AcceptOnlyFromAmong("fail", "skip");

    /// <summary>--mc.</summary>
    public static Option<int?> MonteCarlo() =>
        new("--mc") { Description = "Averages probabilities over K passes in which dropout and its kin draw as in training, by a fixed seed (a run's own); without it they do not draw", HelpName = "K" };

    /// <summary>What its word stands for.</summary>
    public static OnBadFile BadFile(string? word) => word == "skip" ? Data.OnBadFile.Skip : Data.OnBadFile.Fail;
}
