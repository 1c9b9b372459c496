using System.CommandLine;
using FineTune.Data;

namespace FineTune.Cli;

/// <summary>Words of options that verbs share.</summary>
internal static class Options
{
    /// <summary>--on-bad-file.</summary>
    public static Option<string?> OnBadFile() =>
        new Option<string?>("--on-bad-file") { Description = "What to do about an image that cannot be read: fail (default) or skip", HelpName = "fail|skip" }.AcceptOnlyFromAmong("fail", "skip");

    /// <summary>What its word stands for.</summary>
    public static OnBadFile BadFile(string? word) => word == "skip" ? Data.OnBadFile.Skip : Data.OnBadFile.Fail;
}
