using System.Text.Json;
using System.Text.Json.Serialization;
using FineTune.Data;
using FineTune.Train;

namespace FineTune.Experiment.Sweeps;

/// <summary>A run of a sweep.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Configuration">The configuration that it is of, from 1.</param>
/// <param name="Replicate">What tells it from other runs of the configuration, as "seed 1, fold 2"; empty: nothing.</param>
/// <param name="Settings">key=value over the sweep's recipe, in order.</param>
public sealed record SweepTask(int Number, int Configuration, string Replicate, IReadOnlyList<string> Settings);

/// <summary>A step of successive halving.</summary>
/// <param name="Epochs">To which its configurations are trained; 0: to their end.</param>
/// <param name="Count">How many configurations it has: the best of the step before.</param>
public sealed record SweepRung(int Epochs, int Count);

/// <summary>Configurations among which is chosen, step by step.</summary>
/// <param name="Configurations">By number.</param>
/// <param name="Rungs">At least one; the last trains to the end.</param>
public sealed record SweepBracket(IReadOnlyList<int> Configurations, IReadOnlyList<SweepRung> Rungs);

/// <summary>Everything that a sweep does, worked out before anything is trained; sweep.json.</summary>
/// <param name="Choose">The metric that is chosen by.</param>
/// <param name="Keys">The keys that vary.</param>
/// <param name="Configurations">What each configuration sets of them, as key=value.</param>
/// <param name="Brackets">Which of them are trained how far.</param>
/// <param name="Folds">Folds that each is trained on; 0: none.</param>
/// <param name="Threads">Threads of a run.</param>
/// <param name="Tasks">Every run.</param>
public sealed record SweepPlan(
    string Choose,
    IReadOnlyList<string> Keys,
    IReadOnlyList<IReadOnlyList<string>> Configurations,
    IReadOnlyList<SweepBracket> Brackets,
    int Folds,
    int Threads,
    IReadOnlyList<SweepTask> Tasks)
{
    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>What there is to be known of it, a sentence each; not in the file.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Whether the accuracy is chosen by; else the negative log-likelihood is.</summary>
    [JsonIgnore]
    public bool ByTop1 => Choose == SweepSpec.ChooseWords[0];

    /// <summary>Folders of images that its runs learn from; empty for a plan that was read.</summary>
    [JsonIgnore]
    internal IReadOnlyCollection<string> DataFolders { get; private init; } = [];

    /// <summary>Works out what a sweep does, and refuses what no run could begin with.</summary>
    /// <param name="spec">What its file says.</param>
    /// <exception cref="FineTuneException">A configuration cannot be.</exception>
    public static SweepPlan Of(SweepSpec spec)
    {
        var notes = new List<string>();
        var settings = spec.Set.ToList();
        var one = SearchPoints.Of(spec, spec.Search == SearchKind.Grid ? null : 1)[0];
        var first = RecipeFile.Of(spec.Base, [.. settings, .. Settings(one)]);
        if (first.Threads == 0 && !Varies(spec, "threads"))
        {
            settings.Add("threads=1"); // bits hold for one number, whatever runs beside
            notes.Add("Each run has 1 thread, so that results do not depend on how many run at once; set threads for another number.");
        }

        if ((spec.Seeds.Count > 0 || spec.Folds > 0) && first.SplitSeed is null)
            settings.Add(FormattableString.Invariant($"split_seed={first.Seed}")); // one split, or one set of folds, for all
        var ladder = Halving.Ladder(spec, first.Epochs);
        var points = SearchPoints.Of(spec, ladder.Count == 0 ? spec.Runs : ladder.Sum(b => b[0].Count));
        if (spec.Runs is { } asked && points.Count < asked)
            notes.Add($"There are {points.Count} different configurations, fewer than the {asked} that were asked for.");
        var tasks = Replicated(spec, settings, points);
        var (threads, data) = Checked(spec, tasks);
        return new SweepPlan(
            spec.Choose,
            [.. spec.Over.SelectMany(b => b).Where(a => a.Varies || spec.Over.Count > 1).Select(a => a.Key).Distinct()],
            [.. points.Select(Settings)],
            Halving.Brackets(ladder, points.Count),
            spec.Folds,
            threads,
            tasks)
        {
            Notes = notes,
            DataFolders = data,
        };
    }

    /// <summary>Reads sweep.json.</summary>
    /// <exception cref="FineTuneException">The folder has none, or it is damaged.</exception>
    public static SweepPlan Read(SweepFolder folder)
    {
        if (!File.Exists(folder.Plan))
        {
            throw new FineTuneException(
                $"'{folder.Path}' is no sweep: it has no sweep.json. Begin one by `finetune sweep SWEEP.yaml --out DIR`.");
        }

        try
        {
            if (JsonSerializer.Deserialize<SweepPlan>(RegularFile.Text(folder.Plan), SnakeCase) is { } plan && plan.IsSound())
                return plan;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{folder.Plan}' cannot be read: {JsonReason.Of(e)}.", e);
        }

        throw new FineTuneException($"'{folder.Plan}' is not what a sweep writes; the file is damaged.");
    }

    /// <summary>Writes sweep.json and base.yaml into a folder that is new, or has the same.</summary>
    /// <param name="folder">The sweep's.</param>
    /// <param name="spec">What it was made of.</param>
    /// <exception cref="FineTuneException">The folder has another sweep or other files, or cannot be written.</exception>
    public void Keep(SweepFolder folder, SweepSpec spec)
    {
        if (!folder.IsUsable)
            throw new FineTuneException($"'{folder.Path}' is not empty and no sweep; give a folder that is new or empty.");
        foreach (var data in DataFolders)
            new RunFolder(folder.Path).CheckOutside(data);
        folder.Create();
        using var held = folder.Hold();
        folder.DeleteTemporaries();
        var (plan, yaml) = (JsonSerializer.SerializeToNode(this, SnakeCase)!, RecipeTree.Write(spec.Base));
        if (File.Exists(folder.Plan))
        {
            var same = JsonSerializer.SerializeToNode(Read(folder), SnakeCase)!.ToJsonString() == plan.ToJsonString()
                && RegularFile.Text(folder.Base) == yaml;
            if (!same)
            {
                throw new FineTuneException(
                    $"'{folder.Path}' holds another sweep: its recipe or its runs are others. Give another --out, or go on with it by "
                    + $"`finetune sweep --out {ShellWord.Quote(folder.Path)}`, without a file.");
            }

            return;
        }

        AtomicFile.WriteText(folder.Base, yaml);
        AtomicFile.WriteJson(folder.Plan, plan);
    }

    /// <summary>The recipe of a task.</summary>
    /// <exception cref="FineTuneException">It cannot be read.</exception>
    public static Recipe RecipeOf(SweepFolder folder, SweepTask task) => RecipeFile.Read(folder.Base, task.Settings);

    /// <summary>The task of a number.</summary>
    /// <exception cref="FineTuneException">There is none.</exception>
    public SweepTask Task(int number) => number >= 1 && number <= Tasks.Count
        ? Tasks[number - 1]
        : throw new FineTuneException($"The sweep has no task {number}; it has 1 to {Tasks.Count}.");

    /// <summary>The runs of a configuration.</summary>
    public IEnumerable<SweepTask> Of(int configuration) => Tasks.Where(t => t.Configuration == configuration);

    private static IReadOnlyList<string> Settings(SweepPoint point) => [.. point.Values.Select(v => SweepSetting.Of(v.Key, v.Value))];

    private static bool Varies(SweepSpec spec, string key) => spec.Over.Any(b => b.Any(a => a.Key == key));

    private static SweepTask[] Replicated(SweepSpec spec, IReadOnlyList<string> settings, IReadOnlyList<SweepPoint> points)
    {
        var seeds = spec.Seeds.Count > 0 ? spec.Seeds.Select(s => (long?)s) : [null];
        var folds = spec.Folds > 0 ? Enumerable.Range(1, spec.Folds).Select(f => (int?)f) : [null];
        var replicates = seeds.SelectMany(seed => folds.Select(fold => (seed, fold))).ToArray();
        if ((long)points.Count * replicates.Length > SearchPoints.Most)
        {
            throw new FineTuneException(
                $"The sweep has {(long)points.Count * replicates.Length} runs; {SearchPoints.Most} at most can be planned.");
        }

        return
        [
            .. points.SelectMany((point, p) => replicates.Select((r, k) => new SweepTask(
                (p * replicates.Length) + k + 1,
                p + 1,
                string.Join(", ", new[] { r.seed is { } s ? $"seed {s}" : null, r.fold is { } f ? $"fold {f}" : null }.OfType<string>()),
                [.. settings, .. Settings(point), .. Own(r.seed, r.fold, spec.Folds)]))),
        ];
    }

    private static IEnumerable<string> Own(long? seed, int? fold, int folds)
    {
        if (seed is not null)
            yield return FormattableString.Invariant($"seed={seed}");
        if (fold is null)
            yield break;
        yield return FormattableString.Invariant($"folds={folds}");
        yield return FormattableString.Invariant($"fold={fold}");
    }

    /// <summary>Reads every recipe once, and all weights, which are fetched here if need be; the first that cannot be is named.</summary>
    /// <returns>Threads of a run, the most, and the folders of images.</returns>
    private static (int Threads, IReadOnlyCollection<string> Data) Checked(SweepSpec spec, SweepTask[] tasks)
    {
        var threads = 1;
        var (folders, weights, epochs) = (new HashSet<(string, FolderOptions)>(), new HashSet<(string, string)>(), new HashSet<int>());
        var ranges = spec.Over.SelectMany(b => b).Where(a => a.Range is not null).Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal); // values of a list, keys of a range: a network is made for new ones alone
        foreach (var task in tasks.DistinctBy(t => t.Configuration))
        {
            Recipe recipe;
            try
            {
                recipe = RecipeFile.Of(spec.Base, task.Settings);
                CheckRepeats(recipe);
                if (folders.Add((recipe.Data, recipe.Folder with { Seed = 0 })))
                    _ = ImageFolder.Open(recipe.Data, recipe.Folder);
                if (recipe is { Weights: { } given, Model.Length: > 0 } && weights.Add((recipe.Model, given)))
                    _ = LoadedModel.Read(recipe.Model, given);
                var before = seen.Count;
                seen.UnionWith(task.Settings.Select(s => s.Split('=')[0] is var key && ranges.Contains(key) ? key : s));
                if (seen.Count > before)
                    new RecipeDescription(recipe, [], null).RequireUsable();
            }
            catch (FineTuneException e)
            {
                throw new FineTuneException($"Run {task.Number} ({string.Join(' ', task.Settings)}) cannot be: {e.Message}", e);
            }

            if (spec.Halving is not null && recipe.Auto is not null)
                throw new FineTuneException("Recipe auto decides the number of epochs itself; for halving give a recipe that says it.");
            if (spec.Halving is not null && epochs.Add(recipe.Epochs) && epochs.Count > 1)
            {
                throw new FineTuneException(
                    "Halving compares runs after the same epochs; the runs of this sweep have different numbers of them.");
            }

            threads = Math.Max(threads, recipe.Threads);
        }

        return (threads, [.. folders.Select(f => f.Item1).Distinct()]);
    }

    /// <summary>Refuses what the time of the moment would decide: another run of the same would be another.</summary>
    private static void CheckRepeats(Recipe recipe)
    {
        if (recipe.Threads == 0)
            throw new FineTuneException("threads is 0, all cores: results would depend on the machine; give a number.");
        if (recipe.Precision == NamedRecipes.Auto)
            throw new FineTuneException("precision auto measures what is fastest, anew in each run; give it for a sweep.");
    }

    private bool IsSound() => Tasks is { Count: > 0 } && Configurations is { Count: > 0 } && Brackets is { Count: > 0 } && Keys is not null
        && SweepSpec.ChooseWords.Contains(Choose)
        && Tasks.Select((t, k) => t is { Settings: not null, Replicate: not null } && t.Number == k + 1
            && t.Configuration >= 1 && t.Configuration <= Configurations.Count).All(sound => sound)
        && Brackets.All(b => b is { Configurations.Count: > 0, Rungs.Count: > 0 }
            && b.Configurations.All(c => c >= 1 && c <= Configurations.Count));
}
