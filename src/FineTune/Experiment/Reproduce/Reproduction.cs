using System.Text.Json.Nodes;
using FineTune.Data;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Train;

namespace FineTune.Experiment.Reproduce;

/// <summary>Whether a run came out as before.</summary>
public enum Verdict
{
    /// <summary>The weights are the same, bit by bit.</summary>
    BitEqual,

    /// <summary>The weights are others, and its figures lie where the recipe expects them.</summary>
    WithinRange,

    /// <summary>Neither; or it was made of something else.</summary>
    Different,
}

/// <summary>A run, trained again and held against what it was.</summary>
/// <param name="Verdict">How it came out.</param>
/// <param name="FirstStep">The first step whose loss was another; null where none was, or where it was not trained.</param>
/// <param name="Differs">What is not as it was: keys of the recipe, entries of the manifest, files by their path in the dataset.</param>
/// <param name="Figures">Metrics that the recipe expects, with what they are now.</param>
/// <param name="Notes">What else is to be known, a sentence each.</param>
public sealed record Reproduction(
    Verdict Verdict,
    long? FirstStep,
    IReadOnlyList<string> Differs,
    IReadOnlyList<(string Metric, double Value, Interval Range)> Figures,
    IReadOnlyList<string> Notes)
{
    /// <summary>Whether the weights are the same, whatever it was made of; null where it was not trained.</summary>
    public bool? SameWeights { get; init; }

    /// <summary>Trains a run again.</summary>
    /// <param name="run">A run that has come to its end.</param>
    /// <param name="target">A folder for the new one, new or empty.</param>
    /// <param name="data">Where its images are; null: where they were, or beside the run if both have moved.</param>
    /// <param name="train">Trains what was prepared to its end.</param>
    /// <exception cref="FineTuneException">It has not come to its end, or cannot be trained here.</exception>
    public static Reproduction Of(RunFolder run, RunFolder target, string? data, Func<Experiment, TrainingResult> train)
    {
        var manifest = Manifest.Of(run.Existing())
            ?? throw new FineTuneException($"'{run.Path}' has no manifest.json; what it was made of is not known.");
        var final = (string?)manifest["final_weights_sha256"]
            ?? throw new FineTuneException(
                $"The run '{run.Path}' has not come to its end; go on with it by "
                + $"`finetune train --out {ShellWord.Quote(run.Path)} --resume`.");
        var recipe = RecipeFile.Read(run.Recipe);
        var threads = int.TryParse((string?)manifest["threads"], out var n) ? n : recipe.Threads; // bits hold for one number
        recipe = recipe with { Threads = threads };
        TorchEngine.Start(threads);
        var images = RunImages.Read(run)
            ?? throw new FineTuneException($"'{run.Images}' is missing, so which images the run was trained on is not known.");
        var decoded = new DecodedCache(limits: ImageLimits.OfPixels(recipe.MaxPixels));
        recipe = recipe with { Data = images.Find(run, data) };
        var opened = images.Open(recipe.Data, images.Splits, decoded);
        string[] inputs = [.. Edited(run, recipe, manifest, images), .. opened.Gone, .. opened.Changed];
        var versions = Manifest.Elsewhere(manifest, recipe);
        if (inputs.Length > 0)
            return new Reproduction(Verdict.Different, null, [.. inputs, .. versions], [], opened.Notes);
        using var experiment = Experiment.Again(recipe.WithRates(), run, target, opened, decoded);
        var result = train(experiment);
        var same = result.FinalWeights == final;
        var figures = FiguresOf(recipe, result);
        return new Reproduction(
            same && versions.Count == 0 ? Verdict.BitEqual : Within(figures) ? Verdict.WithinRange : Verdict.Different,
            same ? null : StepLosses.FirstDifference(StepLosses.Of(run), StepLosses.Of(target)) ?? result.Step,
            versions,
            figures,
            [.. opened.Notes, .. experiment.Notes])
        {
            SameWeights = same,
        };
    }

    /// <summary>Trains by a recipe and holds the result against what it expects.</summary>
    /// <param name="recipe">Expects something.</param>
    /// <param name="target">A folder for the run, new or empty.</param>
    /// <param name="train">Trains what was prepared to its end.</param>
    /// <exception cref="FineTuneException">It expects nothing, or cannot be trained here.</exception>
    public static Reproduction Of(Recipe recipe, RunFolder target, Func<Experiment, TrainingResult> train)
    {
        if (recipe.Expect.Ranges.Count == 0)
        {
            throw new FineTuneException(
                "The recipe says nothing of what to expect: give `expect`, as in expect: { val_top1: [0.8, 0.9] }, or reproduce a run.");
        }

        using var experiment = Experiment.Prepare(recipe, target);
        var figures = FiguresOf(recipe, train(experiment));
        string[] outside = [.. figures.Where(f => !IsWithin(f.Value, f.Range)).Select(f => f.Metric)];
        return new Reproduction(outside.Length == 0 ? Verdict.WithinRange : Verdict.Different, null, outside, figures, experiment.Notes);
    }

    /// <summary>Keys of the recipe, and entries of the manifest, that are not those that the run was trained by.</summary>
    private static IEnumerable<string> Edited(RunFolder run, Recipe recipe, JsonObject manifest, RunImages images)
    {
        if (SavedState.Newest(run)?.Recipe is { } yaml)
        {
            foreach (var difference in RecipeDifference.Between(RecipeFile.Parse(yaml, run.Last), ResumeCheck.Portable(recipe)))
                yield return difference.Key;
        }

        if ((long?)manifest["seed"] != recipe.Seed)
            yield return "seed";
        if (manifest["classes"] is JsonArray classes && !classes.Select(c => (string?)c).SequenceEqual(images.Classes))
            yield return "classes";
        if (recipe.Weights is null || (string?)manifest["starting_weights_sha256"] is not { } hash)
            yield break;
        var weights = (string?)manifest["starting_weights"] ?? recipe.Weights;
        if (!File.Exists(weights))
            throw new FineTuneException($"The run's starting weights '{weights}' are not there any more; put them back to train it again.");
        if (Manifest.HashFile(weights) != hash)
            yield return "starting_weights";
    }

    private static (string Metric, double Value, Interval Range)[] FiguresOf(Recipe recipe, TrainingResult result) =>
        [.. recipe.Expect.Ranges.Select(r => (r.Key, Value(r.Key, result.Result!), r.Value))];

    private static double Value(string metric, Score score) => metric switch
    {
        "val_top1" => score.Top1,
        "val_nll" => score.Nll,
        "val_ece" => score.Ece,
        _ => throw new FineTuneException($"The metric '{metric}' cannot be expected; {string.Join(", ", ExpectOptions.Metrics)} can."),
    };

    private static bool Within((string Metric, double Value, Interval Range)[] figures) =>
        figures.Length > 0 && figures.All(f => IsWithin(f.Value, f.Range));

    private static bool IsWithin(double value, Interval range) => value >= range.Low && value <= range.High;
}
