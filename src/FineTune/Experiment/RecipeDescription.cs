using System.Text.Json.Nodes;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Engine;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Train.Keys;
using FineTune.Train.Losses;
using FineTune.Transfer.Heads;

namespace FineTune.Experiment;

/// <summary>A recipe, or a run's, to be looked at without training.</summary>
/// <param name="Recipe">Its keys, resolved as far as no image is needed.</param>
/// <param name="Missing">What it does not say and a run needs, a sentence each.</param>
/// <param name="Manifest">What the run was made of; null for a recipe.</param>
public sealed record RecipeDescription(Recipe Recipe, IReadOnlyList<string> Missing, JsonObject? Manifest)
{
    private const long StepsPerEpoch = 100; // of a run that is to be imagined
    private static readonly string[] Circumstances = ["finetune", "engine", "libtorch", "cpu_capability", "dotnet"],
        Contents = ["data_sha256", "starting_weights_sha256"];

    /// <summary>Reads a recipe.</summary>
    /// <param name="name">A file, a name of <see cref="NamedRecipes"/>, or the folder of a run.</param>
    /// <param name="settings">key=value over it.</param>
    /// <exception cref="FineTuneException">It is none, or cannot be.</exception>
    public static RecipeDescription Of(string name, IReadOnlyList<string> settings)
    {
        var run = new RunFolder(name);
        if (Directory.Exists(name))
            return new RecipeDescription(RecipeFile.Read(run.Existing().Recipe, settings), [], FineTune.Experiment.Manifest.Of(run));
        var missing = new List<string>();
        var open = RecipeFile.ReadOpen(name, settings);
        if (open.Data.Length == 0)
            missing.Add("It does not name its images; give --data.");
        if (open.Model.Length == 0 && open.Auto is null && open.Weights is null)
            missing.Add("It names neither a model nor weights; give --model or --weights.");
        if (open.Auto is not null)
            missing.Add("What recipe auto decides is not known before it sees the images; what it may decide has its default here.");
        return new RecipeDescription(open, missing, null);
    }

    /// <summary>
    /// Refuses what a run would refuse before it looks at images or weights: values, names and options, what trains in each
    /// phase, snapshots. Of a recipe that names no model, what depends on one is not looked at.
    /// </summary>
    /// <exception cref="FineTuneException">Something cannot be.</exception>
    public void RequireUsable()
    {
        var model = Recipe.Model.Length > 0 || Recipe.Weights is null or NamedRecipes.Auto
            ? Recipe.Model
            : LoadedModel.ModelOf(Recipe.Weights);
        var recipe = Recipe.WithRates() with { Data = Recipe.Data.Length > 0 ? Recipe.Data : "images", Model = model };
        if (model.Length > 0 || Recipe.Auto is not null)
            recipe.Validate();
        string[] classes = ["a", "b"];
        _ = LossTable.Create(recipe.Loss, recipe.LabelSmoothing, [new Sample("a", 0), new Sample("b", 1)], classes);
        var input = model.Length > 0 ? Zoo.Find(model).Size(classes.Length)?.Input : null;
        input ??= Preprocessing.ImageNet;
        var resize = recipe.Input.Resize switch { null => input.ResizeTo, 0 => null, var r => r };
        _ = Augmentations.Train(recipe.Augment, recipe.Input.Size ?? input.InputSize, resize);
        if (model.Length == 0)
            return;
        TorchEngine.Start(recipe.Threads);
        using var network = Zoo.Create(model, classes.Length, size: recipe.Input.Size);
        HeadForm.Parse(recipe.Head.Form, recipe.Head.Hidden).Install(network);
        using var vector = new ParameterVector(network);
        PhaseRules.Check(recipe, Phase.Of(recipe, network), vector, StepsPerEpoch * recipe.EpochRepeats);
    }

    /// <summary>What differs between two, and what it does to the weights that a run ends with.</summary>
    public static IReadOnlyList<(string Key, string First, string Second, KeyEffect Effect)> Differences(
        RecipeDescription a, RecipeDescription b)
    {
        var keys = RecipeDifference.Between(a.Recipe, b.Recipe).Select(d => (d.Key, d.Before, d.Now, EffectOf(d.Key)));
        if (a.Manifest is not { } first || b.Manifest is not { } second)
            return [.. keys];
        var beside = Circumstances.Select(k => (k, KeyEffect.Machine)).Concat(Contents.Select(k => (k, KeyEffect.Weights)))
            .Select(
                k => (Key: k.k, First: first[k.k]?.ToString() ?? string.Empty, Second: second[k.k]?.ToString() ?? string.Empty, k.Item2))
            .Where(k => k.First != k.Second);
        return [.. keys, .. beside];
    }

    /// <summary>An option of an optimizer, for one, has its key's.</summary>
    private static KeyEffect EffectOf(string path) =>
        (RecipeKeys.All.FirstOrDefault(k => k.Name == path) ?? RecipeKeys.All.First(k => k.Name == path.Split('.')[0])).Effect;
}
