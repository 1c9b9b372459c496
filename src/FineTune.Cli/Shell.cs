namespace FineTune.Cli;

/// <summary>Command lines that a person can type as they stand.</summary>
internal static class Shell
{
    /// <summary>The environment variable that says how finetune was called; scripts/finetune sets it.</summary>
    public const string CommandVariable = "FINETUNE_COMMAND";

    private const string Name = "finetune";

    /// <summary>How finetune is called, for a shell.</summary>
    public static string Command { get; } =
        Environment.GetEnvironmentVariable(CommandVariable) is { Length: > 0 } called ? ShellWord.Quote(called) : Name;

    /// <summary>The words that start this program again, whatever it is called by.</summary>
    public static IReadOnlyList<string> ThisCommand { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "FineTune.Cli.dll")]
            : [Environment.ProcessPath!];

    /// <summary>finetune and some words, for a shell.</summary>
    public static string Line(params IEnumerable<string> words) => string.Join(' ', words.Select(ShellWord.Quote).Prepend(Command));

    /// <summary>A text in which finetune is called as it was called: at its beginning, and behind a backtick.</summary>
    public static string Typed(string text)
    {
        if (Command == Name)
            return text;
        var typed = text.Replace($"`{Name} ", $"`{Command} ", StringComparison.Ordinal);
        return typed.StartsWith($"{Name} ", StringComparison.Ordinal) ? Command + typed[Name.Length..] : typed;
    }
}
