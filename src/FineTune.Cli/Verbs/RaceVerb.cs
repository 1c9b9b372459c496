using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Experiment.Report;
using FineTune.Diagnose.Race;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune race.</summary>
internal static class RaceVerb
{
    private static readonly Option<string[]> Rules = new("--rules")
    {
        Description = $"Optimizers, separated by commas: {string.Join(", ", OptimizerRace.Names)}; options follow a colon, "
            + "as in adam:lr=0.1:beta1=0.8",
        DefaultValueFactory = _ => ["sgd,momentum,nesterov,adam,newton"],
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string> On = new("--on")
    {
        Description = string.Join("; ", Surfaces.Table.Select(s => $"{s.Name}: {s.Summary}")),
        DefaultValueFactory = _ => "ravine",
    };
    private static readonly Option<double> Condition = new("--condition")
    {
        Description = "Condition number of ravine",
        DefaultValueFactory = _ => new SurfaceOptions().Condition,
    };
    private static readonly Option<double> Noise = new("--noise")
    {
        Description = "Standard deviation of the gradient's noise in bowl",
        DefaultValueFactory = _ => new SurfaceOptions().Noise,
    };
    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Steps of each optimizer",
        DefaultValueFactory = _ => new RaceOptions().Steps,
    };
    private static readonly Option<double> Tolerance = new("--tolerance")
    {
        Description = "An optimizer has arrived when the loss above the minimum is at most this fraction of its initial value",
        DefaultValueFactory = _ => new RaceOptions().Tolerance,
    };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the noise" };
    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "An option of an optimizer, as in --set adam.lr=0.1",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "HTML page to write, with animated paths over contour lines",
    };

    public static Command Command() => CommonOptions.Verb(
        "race",
        "Compares optimizers on a function of two weights, in a table and on a page with their paths.",
        ["finetune race --rules sgd,momentum,adam --on ravine --condition 100 --steps 200 --out race.html"],
        [Rules, On, Condition, Noise, Steps, Tolerance, Seed, Settings, Out],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        if (parsed.GetValue(Out) is { } page)
            Html.CheckPlace(page);
        var surface = Surfaces.Find(
            parsed.GetValue(On)!,
            new SurfaceOptions { Condition = parsed.GetValue(Condition), Noise = parsed.GetValue(Noise) });
        var rules = RaceEntrants.Parse(parsed.GetValue(Rules)!, parsed.GetValue(Settings)!);
        var tracks = OptimizerRace.Run(
            surface,
            rules,
            new RaceOptions { Steps = parsed.GetValue(Steps), Tolerance = parsed.GetValue(Tolerance), Seed = parsed.GetValue(Seed) });
        var table = Ui.Table(
            "optimizer", "lr", "outcome", "steps to tolerance", "loss above minimum", "crossings", "overshoot", "first step", "last step");
        foreach (var t in tracks)
        {
            var steps = t.StepLengths.DefaultIfEmpty().ToArray();
            ui.ResultJson(Json(surface, t, steps));
            table.AddRow(
                Ui.Cell(t.Name),
                Format.Number(t.Lr, "G3"),
                t.Outcome.ToString().ToLowerInvariant(),
                t.StepsToTolerance?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-",
                Format.Number(t.Gap, "0.0e0"),
                t.Crossings.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Format.Number(100 * t.Overshoot, "0") + "%",
                Format.Number(steps[0], "0.0e0"),
                Format.Number(steps[^1], "0.0e0"));
        }

        ui.Result(table);
        if (parsed.GetValue(Out) is { } path)
        {
            AtomicFile.WriteText(path, RacePage.Render(surface, tracks));
            ui.Say($"Wrote {path}");
        }

        return Exit.Done;
    }

    private static JsonObject Json(Surface surface, Track t, double[] steps) => new()
    {
        ["rule"] = t.Name,
        ["on"] = surface.Name,
        ["lr"] = t.Lr,
        ["outcome"] = t.Outcome.ToString().ToLowerInvariant(),
        ["steps_to_tolerance"] = t.StepsToTolerance,
        ["gap"] = Finite(t.Gap),
        ["crossings"] = t.Crossings,
        ["overshoot"] = t.Overshoot,
        ["first_step"] = Finite(steps[0]),
        ["last_step"] = Finite(steps[^1]),
        ["x"] = Finite(t.Points[^1].X),
        ["y"] = Finite(t.Points[^1].Y),
    };

    /// <summary>JSON has no infinity.</summary>
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
