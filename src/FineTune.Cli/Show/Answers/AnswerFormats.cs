namespace FineTune.Cli.Show.Answers;

/// <summary>The formats of answers.</summary>
internal static class AnswerFormats
{
    private const string Table = "table", JsonLines = "jsonl", Csv = "csv";

    /// <summary>Their names; the first is the default.</summary>
    public static IReadOnlyList<string> Names { get; } = [Table, JsonLines, Csv];

    /// <summary>Checks that --format and --json, which is short for JSON lines, do not contradict.</summary>
    /// <exception cref="UsageException">They do.</exception>
    public static void Check(string? name, bool json)
    {
        if (json && name is not (null or JsonLines))
            throw new UsageException($"--json is short for --format {JsonLines}, but --format is {name}; leave out one of them.");
    }

    /// <summary>The one that is asked for.</summary>
    /// <param name="name">Of <see cref="Names"/>; null: JSON lines with --json, else the table.</param>
    /// <param name="json">Whether --json is given.</param>
    /// <param name="topK">How many of the likeliest classes to write; null: as the format does without.</param>
    /// <param name="classes">How many classes there are.</param>
    public static IAnswerWriter Open(string? name, bool json, int? topK, int classes) => (name ?? (json ? JsonLines : Table)) switch
    {
        JsonLines => new JsonLinesWriter(topK),
        Csv => new CsvWriter(Math.Min(topK ?? 0, classes)),
        _ => new TableWriter(topK ?? 1),
    };
}
