using System.CommandLine;
using System.CommandLine.Parsing;
using FineTune.Train.Keys;

namespace FineTune.Cli;

/// <summary>Says what is wrong with a command line.</summary>
internal static class WrongUsage
{
    /// <summary>A sentence for each thing that is wrong.</summary>
    public static IEnumerable<string> Sentences(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens.Concat(Dashed(parsed)).Distinct().ToArray();
        if (command is RootCommand && unknown.Length > 0)
            return [NoVerb(command, unknown[0])]; // what follows is a verb's
        var options = unknown.Where(word => word[0] == '-').ToArray(); // what follows one is its value, not a word too many
        if (unknown.Length > 0)
            return (options.Length > 0 ? options : unknown).Select(word => Unknown(command, word));
        return
        [
            .. NotUtf8(parsed),
            .. Empty(parsed),
            .. parsed.Errors.Select(e => NoNumber(e) ?? Missing(command, e) ?? CommonOptions.OneLine(e.Message)),
        ];
    }

    /// <summary>Whether nothing is wrong that the parser lets through.</summary>
    public static bool IsRight(ParseResult parsed) => !Dashed(parsed).Any() && !Empty(parsed).Any() && !NotUtf8(parsed).Any();

    /// <summary>Options that are given an empty text: none has a use for it.</summary>
    public static IEnumerable<string> Empty(ParseResult parsed) => parsed.CommandResult.Children.OfType<OptionResult>()
        .Where(o => o.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value)))
        .Select(o => $"{o.Option.Name} is empty; give a value, or leave it out.");

    /// <summary>Words whose bytes are not UTF-8: .NET has put another character in their place, and no file would be found.</summary>
    public static IEnumerable<string> NotUtf8(ParseResult parsed) => parsed.Tokens
        .Select(t => (Word: t.Value, Reason: RegularFile.NameNotUtf8(t.Value)))
        .Where(t => t.Reason is not null)
        .Select(t => $"'{Printable.Of(t.Word)}' cannot be used: {t.Reason}.");

    /// <summary>Words that an argument took although they look like options.</summary>
    public static IEnumerable<string> Dashed(ParseResult parsed) => parsed.CommandResult.Command.Arguments
        .SelectMany(a => parsed.GetResult(a)?.Tokens ?? [])
        .Select(t => t.Value)
        .Where(w => w.Length > 1 && w[0] == '-');

    /// <summary>A value that should be a number, and is not.</summary>
    private static string? NoNumber(ParseError error)
    {
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        if (option is not { Tokens: [var token] })
            return null;
        var type = Nullable.GetUnderlyingType(option.Option.ValueType) ?? option.Option.ValueType;
        var wanted = type == typeof(double) ? "a number" : type == typeof(int) || type == typeof(long) ? "a whole number" : null;
        return wanted is null ? null : $"{option.Option.Name} is '{token.Value}'; {wanted} is allowed.";
    }

    /// <summary>An option that is required and not given, with what it is for.</summary>
    private static string? Missing(Command command, ParseError error) => command.Options
        .FirstOrDefault(o => o.Required && error.Message == $"Option '{o.Name}' is required.") is { } option
        ? $"Option '{option.Name}' is required: {option.Description}."
        : null;

    private static string NoVerb(Command root, string word)
    {
        var verbs = root.Subcommands.Select(c => c.Name).ToArray();
        return word[0] == '-'
            ? $"A command comes before '{word}': one of {string.Join(", ", verbs)}."
            : Nearest.Unknown("command", word, verbs).Message;
    }

    private static string Unknown(Command command, string word)
    {
        if (word[0] != '-')
            return $"'{word}' is an argument too many for `{Shell.Line(command.Name)}`.";
        var key = word.TrimStart('-').Replace('-', '_');
        if (RecipeInput.IsTakenBy(command) && RecipeKeys.Top.Contains(key))
            return $"Unknown option '{word}'; set a recipe's key with --set {key}=VALUE.";
        return Nearest.Unknown("option", word, command.Options.Select(o => o.Name)).Message;
    }
}
