using System.CommandLine;
using System.Runtime.InteropServices;
using FineTune.Cli.Show;
using FineTune.Weights;

namespace FineTune.Cli;

/// <summary>What every verb has, and how every verb fails.</summary>
internal static class CommonOptions
{
    private const string NoMemory = "There is not enough memory for this; try a smaller batch or input.";
    private static readonly Option<bool> Json = new("--json") { Description = "Print the result as JSON" };
    private static readonly Option<bool> Offline = new("--offline")
    {
        Description = "Fetch no weights; what is not in the cache is an error (also FINETUNE_OFFLINE=1)",
    };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Print the stack trace of an error" };

    /// <summary>A verb: its options, and what it does. Failures become one sentence and exit code 1.</summary>
    public static Command Verb(
        string name, string description, IReadOnlyList<string> examples, IEnumerable<Symbol> symbols, Func<ParseResult, Ui, int> run)
    {
        var command = new VerbCommand(name, description, examples) { Json, Offline, Verbose };
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

    /// <summary>The first of some symbols that the command line gives, as a person writes it; null where it gives none.</summary>
    public static string? Given(ParseResult parsed, IEnumerable<Symbol> symbols) => symbols.FirstOrDefault(s => s switch
    {
        Argument argument => parsed.GetResult(argument) is { Tokens.Count: > 0 },
        Option option => parsed.GetResult(option) is { Implicit: false },
        _ => false,
    }) switch
    {
        null => null,
        Argument argument => $"the {argument.Name}",
        var option => option.Name,
    };

    private static int Guarded(ParseResult parsed, Func<ParseResult, Ui, int> run)
    {
        var ui = new Ui(parsed.GetValue(Json));
        try
        {
            var downloads = DownloadOptions.Current;
            DownloadOptions.Current = downloads with
            {
                Offline = downloads.Offline || parsed.GetValue(Offline),
                Watch = new DownloadDisplay(ui),
            };
            RankInput.RefuseSeveral(parsed.CommandResult.Command);
            return run(parsed, ui);
        }
        catch (OperationCanceledException e)
        {
            Ui.Error(e is StoppedException ? e.Message : "Stopped.");
            return Exit.Stopped;
        }
        catch (Exception e)
        {
            Report(parsed, e);
            return e is UsageException ? Exit.Usage : Exit.Failed;
        }
    }

    /// <summary>Says why it failed, in one sentence; with --verbose where, too.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="e">What went wrong.</param>
    /// <param name="who">Which process it is, before the sentence.</param>
    public static void Report(ParseResult parsed, Exception e, string who = "")
    {
        if (parsed.GetValue(Verbose))
            Ui.ErrorLines(who + e);
        else
            Ui.Error(who + Sentence(e));
    }

    private static string Sentence(Exception e) => e switch
    {
        FineTuneException => Shell.Typed(e.Message),
        OutOfMemoryException => NoMemory,
        ExternalException when e.Message.Contains("allocate memory", StringComparison.Ordinal)
            || e.Message.Contains("out of memory", StringComparison.Ordinal) => NoMemory,
        ExternalException or IOException or UnauthorizedAccessException => FirstLine(e.Message),
        _ => $"finetune has a defect: {FirstLine(e.Message)} ({e.GetType().Name}; run again with --verbose to see where).",
    };

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();

    /// <summary>A message without its line breaks.</summary>
    public static string OneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
