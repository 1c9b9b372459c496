using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Diagnose;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Train;

namespace FineTune.Cli.Verbs;

/// <summary>finetune find-lr.</summary>
internal static class FindLrVerb
{
    private const int Width = 70, Height = 12;
    private static readonly LrRangeOptions Defaults = new();
    private static readonly Option<double> From = new("--from")
    {
        Description = "First learning rate, above 0",
        DefaultValueFactory = _ => Defaults.From,
    };
    private static readonly Option<double> To = new("--to")
    {
        Description = "Last learning rate, above --from",
        DefaultValueFactory = _ => Defaults.To,
    };
    private static readonly Option<int> Iterations = new("--iterations")
    {
        Description = "Steps from the first rate to the last, 20 to 100000",
        DefaultValueFactory = _ => Defaults.Iterations,
    };

    public static Command Command() => CommonOptions.Verb(
        "find-lr",
        "Learning-rate range test: trains some steps with a rising rate and suggests one from the loss curve. Nothing is written.",
        ["finetune find-lr --data photos --model resnet18 --weights resnet18.pth --set trainable=head"],
        [.. RecipeInput.Untimed, From, To, Iterations, RankInput.Distributed],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var options = new LrRangeOptions
        {
            From = parsed.GetValue(From),
            To = parsed.GetValue(To),
            Iterations = parsed.GetValue(Iterations),
        };
        options.Validate();
        return RankInput.Joined(parsed, ui, (ranks, mine) => Find(parsed, options, mine, ranks));
    }

    private static int Find(ParseResult parsed, LrRangeOptions options, Ui ui, ICommunicator ranks)
    {
        using var stop = new StopSignal();
        using var experiment = RecipeInput.Prepare(
            RecipeInput.Read(parsed) with { Auto = null }, new RunFolder(string.Empty), ui, stop.Token, ranks: ranks);
        ui.Notes([.. experiment.Notes, .. DataNotes.LeftOut(experiment.Dataset)]);
        var range = ui.Bar("trying learning rates", options.Iterations, report =>
        {
            var done = 0;
            return LrRangeTest.Run(experiment.Parts, options, _ => report(++done), stop.Token);
        });
        ui.ResultJson(Json(range));
        Draw(ui, range);
        return Exit.Done;
    }

    private static void Draw(Ui ui, LrRange range)
    {
        var points = range.Points;
        ui.Result("smoothed loss by learning rate");
        var (low, high) = (points.Min(p => p.Smoothed), points.Max(p => p.Smoothed));
        foreach (var line in Chart.Lines([.. points.Select(p => (Math.Log10(p.Lr), p.Smoothed))], Width, Height, low,
            Math.Max(high, low + 1e-6), (Number(points[0].Lr), Number(points[^1].Lr))))
        {
            ui.Result(line);
        }
        ui.Result(range.EndedEarly ? $"ended after {points.Count} steps: the loss diverged" : $"{points.Count} steps");
        ui.Result($"valley        {Number(range.Suggestion.Valley)}   {Shell.Line("train")} ... --lr {Number(range.Suggestion.Valley)}");
        ui.Result($"steepest      {Number(range.Suggestion.Steepest)}");
        ui.Result($"minimum / 10  {Number(range.Suggestion.MinimumTenth)}");
    }

    private static JsonObject Json(LrRange range) => new()
    {
        ["valley"] = range.Suggestion.Valley,
        ["steepest"] = range.Suggestion.Steepest,
        ["minimum_tenth"] = range.Suggestion.MinimumTenth,
        ["ended_early"] = range.EndedEarly,
        ["points"] = new JsonArray(
            [.. range.Points.Select(p => (JsonNode?)new JsonObject { ["lr"] = p.Lr, ["loss"] = p.Loss, ["smoothed"] = p.Smoothed })]),
    };

    private static string Number(double lr) => lr.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
