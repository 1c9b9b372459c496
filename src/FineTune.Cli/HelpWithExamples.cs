using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FineTune.Cli;

/// <summary>A verb's help, with examples at its end.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = parseResult.CommandResult.Command is VerbCommand verb ? verb.Examples : [Program.Example];
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {Shell.Typed(example)}");
        if (parseResult.CommandResult.Command is RootCommand)
        {
            output.WriteLine();
            output.WriteLine(
                "Exit codes: 0 success, 1 failure (one sentence says why), 2 wrong usage, 130 stopped, with a checkpoint to resume from.");
        }

        return Exit.Done;
    }
}
