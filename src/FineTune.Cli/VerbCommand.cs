using System.CommandLine;

namespace FineTune.Cli;

/// <summary>A verb that shows how it is used.</summary>
internal sealed class VerbCommand(string name, string description, IReadOnlyList<string> examples) : Command(name, description)
{
    /// <summary>Command lines that work as they stand, but for the names of files.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
