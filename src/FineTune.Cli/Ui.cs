using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Data;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FineTune.Cli;

/// <summary>
/// Where words go: results to the standard output, progress and failures to the standard error. A bar on a terminal, plain
/// lines in a log.
/// </summary>
/// <param name="json">Whether results are JSON.</param>
/// <param name="quiet">Whether nothing is said but failures: another process says it.</param>
internal sealed class Ui(bool json, bool quiet = false)
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether results are JSON.</summary>
    public bool Json { get; } = json;

    /// <summary>The same for a process beside the one that speaks.</summary>
    public Ui Quiet() => new(Json, quiet: true);

    /// <summary>For progress.</summary>
    public IAnsiConsole Progress { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>For tables of results.</summary>
    public IAnsiConsole Results { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    /// <summary>Whether someone watches a terminal.</summary>
    public bool IsTerminal { get; } = !Console.IsErrorRedirected && !quiet;

    /// <summary>A line of progress.</summary>
    public void Say(string line)
    {
        if (quiet)
            return;
        line = Printable.Of(line);
        if (IsTerminal)
            Progress.WriteLine(line);
        else
            Console.Error.WriteLine(line);
    }

    /// <summary>What is to be known beside a result, a sentence each.</summary>
    public void Notes(IEnumerable<string> notes)
    {
        foreach (var note in notes)
            Say($"note: {note}");
    }

    /// <summary>A line of the result; not with --json.</summary>
    public void Result(string line)
    {
        if (!Json && !quiet)
            Console.Out.WriteLine(Printable.Of(line));
    }

    /// <summary>The result for machines; only with --json.</summary>
    public void ResultJson(JsonNode node)
    {
        if (Json && !quiet)
            JsonLine(node);
    }

    /// <summary>A line of JSON.</summary>
    public static void JsonLine(JsonNode node) => Console.Out.WriteLine(Printable.OfJson(node.ToJsonString(OneLine)));

    /// <summary>A line of the result, whatever else is asked for.</summary>
    /// <param name="line">Without control characters.</param>
    /// <param name="end">What ends it.</param>
    public static void Line(string line, string end = "\n") => Console.Out.Write(Printable.Of(line) + end);

    /// <summary>
    /// A table of the result; not with --json. Never narrower than its content: a column squeezed to two letters is no use.
    /// </summary>
    public void Result(Table table)
    {
        if (Json || quiet)
            return;
        Results.Profile.Width = Math.Max(
            Results.Profile.Width, ((IRenderable)table).Measure(RenderOptions.Create(Results), int.MaxValue).Max);
        Results.Write(table);
    }

    /// <summary>Why it failed.</summary>
    public static void Error(string sentence) => Console.Error.WriteLine(Printable.Of(sentence));

    /// <summary>Why it failed, and where.</summary>
    public static void ErrorLines(string trace)
    {
        foreach (var line in trace.Split('\n'))
            Error(line.TrimEnd('\r'));
    }

    /// <summary>A text as a table's cell.</summary>
    public static string Cell(string text) => Markup.Escape(Printable.Of(text));

    /// <summary>Runs work of a known amount under a bar; in a log, a line at its end.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="total">How much of it.</param>
    /// <param name="work">Told where to report how much is done.</param>
    public T Bar<T>(string title, long total, Func<Action<long>, T> work)
    {
        if (!IsTerminal || total <= 0)
            return work(_ => { });
        return Progress.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Cell(title), maxValue: total);
                return work(done => task.Value = done);
            });
    }

    /// <summary>Runs work that reads a folder of images under a bar.</summary>
    /// <param name="read">Tells how far it is.</param>
    public T ReadingImages<T>(Func<IProgress<InspectProgress>, T> read)
    {
        const long Parts = 1_000_000; // how many images there are is known once reading has begun
        var done = 0L; // threads tell in any order
        return Bar("reading images", Parts,
            report => read(new Relay<InspectProgress>(p => report((done = Math.Max(done, p.Done)) * Parts / Math.Max(1, p.Total)))));
    }

    /// <summary>A table in the house's style.</summary>
    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Cell(column)) { NoWrap = true });
        return table;
    }
}
