using FineTune.Data;
using FineTune.Ensemble;
using FineTune.Evaluate;

namespace FineTune.Experiment.Ensembles;

/// <summary>What an ensemble is compared with: what else its cost could have bought.</summary>
internal sealed class Ways(
    IReadOnlyList<MemberFile> files, MemberModels models, InferenceOptions options, RunSession run, EnsembleReport report) : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly IReadOnlyList<Sample> _choosing = run.Samples(report.ChosenOn).Samples;
    private readonly IReadOnlyList<Sample> _measuring = run.Samples(report.Split).Samples;

    private int[] Chosen => [.. report.Rows.Select(r => files.Index().First(f => f.Item.Name == r.Name).Index)];

    private int Best => files.Index().First(f => f.Item.Name == report.BestSingle).Index;

    /// <summary>Measures all of them.</summary>
    /// <param name="method">How probabilities are combined; null where the ensemble is a soup.</param>
    /// <param name="soup">The soup that it is; null where probabilities are combined.</param>
    /// <param name="others">Other runs' results.</param>
    /// <param name="open">Opens a member.</param>
    public MethodComparison Compare(Combination? method, Soup? soup, IReadOnlyList<MemberFile> others, Func<MemberFile, LoadedModel> open)
    {
        var ways = new List<Way> { Single(), method is null ? Souped(soup!) : Combined(method), Viewed() };
        foreach (var (name, _) in Soup.Table.Where(t => t.Name != report.Method))
        {
            if (SoupOf(name, open) is { } made)
                ways.Add(Souped(made) with { Name = $"{name} of these members" });
        }

        var first = ways.Count;
        ways.AddRange(others.Select(o => One(o, Owned(open(o)))));
        if (others.Count > 1)
            ways.Add(Together(others, [.. _owned.OfType<LoadedModel>()]));
        return MethodComparison.Of(ways, _choosing, _measuring, [.. Enumerable.Range(first, others.Count)]);
    }

    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
    }

    private Way Single() =>
        new($"best single: {report.BestSingle}", Seconds([files[Best]]), options.Looks, Said(models.Members[Best].Model, options));

    private Way Viewed()
    {
        var looks = Math.Max(2, report.Rows.Count);
        var views = options with { Views = TestViews.Parse(FormattableString.Invariant($"random:{looks}")) };
        return new($"best single, {looks} random views", Seconds([files[Best]]), views.Looks, Said(models.Members[Best].Model, views));
    }

    private Way Combined(Combination method)
    {
        var chosen = Chosen;
        var members = new MemberModels([.. chosen.Select(k => models.Members[k])], models.Classes); // which stay the session's
        double[] weights = [.. report.Rows.Select(r => r.Weight)];
        return new($"ensemble: {method.Name} of {chosen.Length}", Seconds([.. chosen.Select(k => files[k])]),
            chosen.Length * options.Looks, samples =>
            {
                var said = members.Predict(samples, run.Splits.Decoded, options);
                return ReferenceEquals(samples, _choosing) ? method.CrossFitted(said) : method.Combine(said, weights);
            });
    }

    private Way Souped(Soup soup) =>
        new($"{report.Method} of {report.Rows.Count}", Seconds([.. Chosen.Select(k => files[k])]), options.Looks,
            Said(soup.Model, options));

    private Soup? SoupOf(string name, Func<MemberFile, LoadedModel> open)
    {
        (string Name, LoadedModel Model)[] members = [.. Chosen.Select(k => models.Members[k])];
        if (members.Length < 2 || WeightAverage.Problem([.. members.Select(m => (m.Name, m.Model.Network))]) is not null)
            return null;
        if (members.Any(m => !m.Model.ClassNames.SequenceEqual(members[0].Model.ClassNames)))
            return null;
        var scores = members.Select(m => Score.Of(run.Predict(m.Model, _choosing, options))).ToArray();
        return Owned(Soup.Make(name, members, scores, () => open(files[Chosen[0]]), run, options));
    }

    private Way One(MemberFile file, LoadedModel model) => new($"run {file.Name}", Seconds([file]), options.Looks, Said(model, options));

    private Way Together(IReadOnlyList<MemberFile> others, IReadOnlyList<LoadedModel> opened)
    {
        var members = new MemberModels([.. others.Zip(opened, (o, m) => (o.Name, m))], models.Classes);
        return new($"ensemble of these {others.Count} runs", Seconds(others), others.Count * options.Looks, samples =>
            Predictions.Average(members.Predict(samples, run.Splits.Decoded, options)));
    }

    private Func<IReadOnlyList<Sample>, Predictions> Said(LoadedModel model, InferenceOptions how) =>
        samples => run.Predict(model, samples, how);

    /// <summary>What the runs of some weights took to train; null where a run is not known, or has no summary.</summary>
    private static double? Seconds(IReadOnlyList<MemberFile> files)
    {
        try
        {
            return files.Any(f => f.Run is null) ? null
                : files.Select(f => f.Run!.Folder.Path).Distinct(StringComparer.Ordinal).Sum(path => RunSummary.Read(path).Seconds);
        }
        catch (FineTuneException)
        {
            return null; // such as a run that was stopped in its first epoch
        }
    }

    private T Owned<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
