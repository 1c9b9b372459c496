using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Diagnose;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Transfer;

namespace FineTune.Cli.Verbs;

/// <summary>finetune curvature.</summary>
internal static class CurvatureVerb
{
    private static readonly Option<string> Run = new("--run")
    {
        Description = "Folder of a run; its best weights are used",
        Required = true,
    };
    private static readonly Option<string?> Data = Options.RunData();
    private static readonly Option<string?> Split = new("--split")
    {
        Description = "train, val or test; by default the run's validation split",
    };
    private static readonly Option<int> Images = new("--images")
    {
        Description = "Number of images for the loss; their autograd graph is kept in memory",
        DefaultValueFactory = _ => 64,
    };
    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Largest number of Hessian-vector products",
        DefaultValueFactory = _ => 100,
    };
    private static readonly Option<string?> Trainable = new("--trainable")
    {
        Description = "Parameters: head, all or a stage; by default those that the run trained",
    };

    public static Command Command() => CommonOptions.Verb(
        "curvature",
        "Computes the largest and smallest eigenvalue of the loss's Hessian at a run's weights, in double precision.",
        ["finetune curvature --run runs/a --split train --images 128"],
        [Run, Data, Split, Images, Steps, Trainable],
        Measure);

    private static int Measure(ParseResult parsed, Ui ui)
    {
        var steps = parsed.GetValue(Steps);
        if (steps < 1)
            throw new FineTuneException($"--steps is {steps}; a number of at least 1 is allowed.");
        var run = parsed.GetValue(Run)!;
        using var batch = DiagnosisBatch.OfRun(run, parsed.GetValue(Split), parsed.GetValue(Images), parsed.GetValue(Data));
        ui.Notes(batch.Notes);
        var recipe = RecipeFile.Read(new RunFolder(run).Recipe);
        var trainable = parsed.GetValue(Trainable) ?? (recipe.Phases is [.., var last] ? last.Trainable : null) ?? recipe.Trainable;
        var line = FreezeLine.Parse(batch.Network, trainable);
        var found = ui.Bar("Hessian-vector products", steps, report => NetworkDiagnosis.MeasureCurvature(
            line, batch.Images, batch.Labels, batch.Loss, new CurvatureOptions { Steps = steps }, new Relay<int>(done => report(done))));
        ui.ResultJson(new JsonObject
        {
            ["largest"] = found.Largest,
            ["largest_error"] = found.LargestError,
            ["smallest"] = found.Smallest,
            ["smallest_error"] = found.SmallestError,
            ["condition"] = found.Condition,
            ["largest_stable_lr"] = found.LargestStableLr,
            ["parameters"] = found.Parameters,
            ["trainable"] = trainable,
            ["images"] = batch.Images.shape[0],
            ["steps"] = found.Steps,
            ["converged"] = found.Converged,
        });
        ui.Result($"loss        on {batch.Source}, for {Format.Count(found.Parameters)} parameters ({trainable}), without weight decay");
        ui.Result($"largest     {Number(found.Largest)} (error at most {Format.Number(found.LargestError, "0.0e+0")})");
        ui.Result($"smallest    {Number(found.Smallest)} (error at most {Format.Number(found.SmallestError, "0.0e+0")})");
        ui.Result("condition   " + (found.Condition is { } c
            ? Number(c)
            : found.Smallest < -found.SmallestError
                ? "none: the smallest eigenvalue is negative"
                : "infinite within the error: the smallest eigenvalue is zero"));
        ui.Result("lr          " + (found.LargestStableLr is { } lr
            ? $"{Number(lr)}: plain gradient descent diverges above it"
            : "any: no eigenvalue is positive"));
        ui.Result(
            $"products    {found.Steps}{(found.Converged ? string.Empty : "; not converged: give more --steps for a smaller error")}");
        return Exit.Done;
    }

    private static string Number(double value) => Format.Number(value, Math.Abs(value) is >= 1e-3 and < 1e6 ? "0.0000" : "0.000e+0");
}
