using FineTune.Engine;

namespace FineTune.Cli;

/// <summary>
/// The limit of `ulimit -n`. The runtime keeps each of its libraries open: below some number even its console cannot be loaded, so this is
/// asked, and answered, by the C library alone. (The runtime has raised the soft limit to the hard one before.)
/// </summary>
internal static class OpenFileLimit
{
    private const int StandardError = 2;
    private const ulong Least = 128; // inspect needs 80, train 100, each loader thread one more

    /// <summary>Whether it suffices; where it does not, the standard error says so.</summary>
    public static bool Suffices()
    {
        var resource = OperatingSystem.IsLinux() ? 7 : OperatingSystem.IsMacOS() ? 8 : -1; // RLIMIT_NOFILE
        if (resource < 0 || LibC.GetLimit(resource, out var limit) != 0 || limit.Soft >= Least)
            return true;
        var sentence = "Too few files may be open at once here; raise the limit, for instance by: ulimit -n 1024.\n"u8;
        _ = LibC.Write(StandardError, sentence, sentence.Length);
        return false;
    }
}
