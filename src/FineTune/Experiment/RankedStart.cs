using FineTune.Data;
using FineTune.Distributed;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>
/// Several ranks begin as one: rank 0 decides what the recipe leaves open, the others prepare the same, and what they have prepared is
/// compared before a step is taken. One that differs is named.
/// </summary>
internal static class RankedStart
{
    private const int Named = 3; // files of a difference

    /// <summary>Prepares a run on each rank.</summary>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="recipe">As this one was told.</param>
    /// <param name="prepare">Prepares it by a recipe.</param>
    /// <exception cref="FineTuneException">A rank cannot prepare it, or differs from rank 0.</exception>
    public static Experiment Begin(ICommunicator ranks, Recipe recipe, Func<Recipe, ICommunicator, Experiment> prepare)
    {
        if (ranks.Size == 1)
            return prepare(recipe, ranks);
        ranks.Limit = Timeout.InfiniteTimeSpan; // images are read, plans made
        var told = Agreement.Versions.Append(("recipe", Yaml(recipe))).ToArray();
        Agreement.Require(ranks, told, name => name == "recipe" ? Keys(ranks, Yaml(recipe)) : null);
        return Prepared(ranks, decided => prepare(
            decided is null ? Divided(recipe, ranks.Size) : decided with { Data = recipe.Data, Device = recipe.Device }, ranks));
    }

    /// <summary>Prepares to go on with a run on each rank.</summary>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="prepare">Prepares it from the run's folder.</param>
    /// <exception cref="FineTuneException">A rank cannot prepare it, or differs from rank 0.</exception>
    public static Experiment Resume(ICommunicator ranks, Func<Experiment> prepare)
    {
        if (ranks.Size == 1)
            return prepare();
        ranks.Limit = Timeout.InfiniteTimeSpan;
        Agreement.Require(ranks, [.. Agreement.Versions]);
        return Prepared(ranks, _ => prepare());
    }

    /// <summary>Refuses ranks that see other images.</summary>
    /// <exception cref="FineTuneException">They do.</exception>
    public static void RequireSameImages(ICommunicator ranks, Inspection inspection)
    {
        if (ranks.Size > 1)
            Agreement.Require(ranks, [.. Agreement.Versions, ("images", inspection.ManifestHash)]);
    }

    /// <summary>Makes batch norms take their statistics over all ranks: each has to have a part of every batch then.</summary>
    /// <param name="experiment">The run.</param>
    /// <param name="training">Its batches.</param>
    /// <exception cref="FineTuneException">A batch is too small for that.</exception>
    public static void SynchroniseNorms(Experiment experiment, Loader training)
    {
        var (parts, batch, divided) = (experiment.Parts, experiment.Parts.Recipe.Batch, experiment.MicroBatches);
        var few = training.Plan(0).Select(b => b.Length).FirstOrDefault(n => MicroBatch.Parts(n, batch, divided).Count() != divided);
        if (few > 0)
        {
            throw new FineTuneException("batch_norm_sync needs a part of every batch on each rank, but one of an epoch has "
                + $"{few} images, which do not make {divided} parts; choose another batch.");
        }

        parts.Line.Synchronise(parts.Ranks.AllReduce);
    }

    private static Experiment Prepared(ICommunicator ranks, Func<Recipe?, Experiment> prepare)
    {
        var made = ranks.Rank == 0 ? prepare(null) : null;
        var decided = Agreement.Texts(ranks, made is null ? null : RecipeFile.Write(made.Parts.Recipe))[0];
        if (ranks.Rank > 0)
            made = prepare(RecipeFile.Parse(decided, "the recipe of rank 0"));
        _ = Agreement.Texts(ranks, string.Empty); // all have prepared it
        var experiment = made!;
        try
        {
            Agreement.Require(ranks, Facts(experiment), differs => differs == "images" ? Files(ranks, experiment) : null);
            if (experiment.MicroBatches < ranks.Size)
            {
                throw new FineTuneException($"The run divides a batch into {experiment.MicroBatches} parts (gradient.accumulate), "
                    + $"so {ranks.Size} ranks have not one each; go on with it on fewer.");
            }

            ranks.Broadcast(experiment.Parts.Vector.W); // a head that was fitted on another processor differs in its last bits
            ranks.Broadcast(experiment.Parts.Vector.Statistics);
            ranks.Limit = TimeSpan.FromSeconds(experiment.Parts.Recipe.AllReduceTimeout);
            return experiment;
        }
        catch
        {
            experiment.Dispose();
            throw;
        }
    }

    /// <summary>A recipe whose batch has a part for each rank at least, the same number for all.</summary>
    private static Recipe Divided(Recipe recipe, int ranks)
    {
        var parts = (recipe.Gradient.Accumulate + ranks - 1) / ranks * ranks;
        return recipe with { Gradient = recipe.Gradient with { Accumulate = parts } };
    }

    private static (string Name, string Value)[] Facts(Experiment experiment)
    {
        var saved = experiment.Saved;
        var weights = saved is null && experiment.StartingWeights is { } file && File.Exists(file) ? Manifest.HashFile(file) : "none";
        return
        [
            ("classes", string.Join(", ", experiment.Dataset.Classes)),
            ("images", Agreement.Hash(string.Join('\n', Lines(experiment)))),
            ("starting weights", weights),
            ("checkpoint", saved is null ? "none" : $"step {saved.State.Step}, {Manifest.HashFile(saved.Path)}"),
            ("recipe as resolved", Yaml(experiment.Parts.Recipe)),
        ];
    }

    /// <summary>The keys in which the recipes of two ranks differ.</summary>
    private static string Keys(ICommunicator ranks, string yaml)
    {
        var all = Agreement.Texts(ranks, yaml);
        var other = all.First(y => y != all[0]);
        var differences = RecipeDifference.Between(RecipeFile.Parse(all[0], "rank 0"), RecipeFile.Parse(other, "another rank"));
        return $": {string.Join(", ", differences.Select(d => $"{d.Key} is {d.Now} and not {d.Before}"))}";
    }

    /// <summary>The files in which the images of two ranks differ.</summary>
    private static string Files(ICommunicator ranks, Experiment experiment)
    {
        var all = Agreement.Texts(ranks, string.Join('\n', Lines(experiment))).Select(t => t.Split('\n').ToHashSet()).ToArray();
        var other = all.First(l => !l.SetEquals(all[0]));
        var names = other.Except(all[0]).Concat(all[0].Except(other)).Select(l => l.Split('\t')[0]).Distinct().Order().ToArray();
        var more = names.Length > Named ? $" and {names.Length - Named} more" : string.Empty;
        return $": {string.Join(", ", names.Take(Named).Select(n => $"'{n}'"))}{more}";
    }

    private static IEnumerable<string> Lines(Experiment experiment)
    {
        var (dataset, hashes) = (experiment.Dataset, experiment.Inspection.Files.ToDictionary(f => f.Path, f => f.Sha256));
        return dataset.Splits.SelectMany(split => split.Value.Select(s => (Name: dataset.Relative(s.Path), Split: split.Key, s.Label)))
            .Select(i => $"{i.Name}\t{i.Split}\t{dataset.Classes[i.Label]}\t{hashes.GetValueOrDefault(i.Name)}")
            .Order(StringComparer.Ordinal);
    }

    private static string Yaml(Recipe recipe) => RecipeFile.Write(ResumeCheck.Portable(recipe));
}
