namespace FineTune.Cli;

/// <summary>A command line that means nothing, whatever the files and folders hold: exit code 2.</summary>
internal sealed class UsageException(string message) : FineTuneException(message);
