using System.CommandLine;
using System.Runtime.InteropServices;

namespace FineTune.Cli;

/// <summary>What every verb has, and how every verb fails.</summary>
internal static class CommonOptions
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to the standard output, for machines" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where a failure came from" };

    /// <summary>A verb: its options, and what it does. Failures become one sentence and exit code 1.</summary>
    public static Command Verb(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, Ui, int> run)
    {
        var command = new Command(name, description) { Json, Verbose };
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
            }
        }

        command.SetAction(parsed => Guarded(parsed, run));
        return command;
    }

    private static int Guarded(ParseResult parsed, Func<ParseResult, Ui, int> run)
    {
        var ui = new Ui(parsed.GetValue(Json));
        try
        {
            return run(parsed, ui);
        }
        catch (OperationCanceledException)
        {
            Ui.Error("Stopped.");
            return Exit.Stopped;
        }
        catch (Exception e) when (e is FineTuneException or ExternalException or IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            Ui.Error(parsed.GetValue(Verbose) ? e.ToString() : OneLine(e.Message));
            return Exit.Failed;
        }
        catch (Exception e) when (!parsed.GetValue(Verbose))
        {
            Ui.Error($"finetune has a defect: {OneLine(e.Message)} ({e.GetType().Name}; run again with --verbose to see where).");
            return Exit.Failed;
        }
    }

    private static string OneLine(string message) => string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
