using FineTune.Data;

namespace FineTune.Cli;

/// <summary>Words of options that verbs share.</summary>
internal static class Options
{
    public static OnBadFile BadFile(string? word) => word switch
    {
        null or "fail" => OnBadFile.Fail,
        "skip" => OnBadFile.Skip,
        _ => throw Nearest.Unknown("value of --on-bad-file:", word, ["fail", "skip"]),
    };
}
