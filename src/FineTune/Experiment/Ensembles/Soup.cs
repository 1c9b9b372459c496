using FineTune.Data;
using FineTune.Distributed;
using FineTune.Ensemble;
using FineTune.Evaluate;
using TorchSharp;

namespace FineTune.Experiment.Ensembles;

/// <summary>
/// The mean of members' weights as one network: of all (a uniform soup; of a run's snapshots, stochastic weight averaging, Izmailov et al.
/// 2018), or of those that do not lower the validation accuracy, tried from the best on (a greedy soup, Wortsman et al. 2022).
/// </summary>
internal sealed class Soup : IDisposable
{
    /// <summary>The methods' names and summaries.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Table { get; } =
    [
        ("soup", "one network of the mean of the members' weights (of a run's snapshots: stochastic weight averaging)"),
        ("greedy-soup", "the same of the members that do not lower the validation accuracy, tried from the best on (Wortsman et al. 2022)"),
    ];

    private readonly Func<LoadedModel, Predictions> _onValidation;

    private Soup(LoadedModel model, IReadOnlyList<int> ingredients, Func<LoadedModel, Predictions> onValidation) =>
        (Model, Ingredients, _onValidation) = (model, ingredients, onValidation);

    /// <summary>The network.</summary>
    public LoadedModel Model { get; }

    /// <summary>Positions of the members that it is made of.</summary>
    public IReadOnlyList<int> Ingredients { get; }

    /// <summary>Where its batch-norm statistics are from, a sentence; null where it has none.</summary>
    public string? Note { get; private set; }

    /// <summary>Whether a method is one of these.</summary>
    public static bool Is(string method) => Table.Any(t => t.Name == method);

    /// <summary>Makes it.</summary>
    /// <param name="method">A name of <see cref="Table"/>.</param>
    /// <param name="members">Members of one architecture and class order.</param>
    /// <param name="scores">Their scores on validation.</param>
    /// <param name="empty">Opens a model like the first member, to be filled.</param>
    /// <param name="run">Has the images: validation to choose on, training for batch-norm statistics.</param>
    /// <param name="options">Views and draws.</param>
    /// <exception cref="FineTuneException">The members have no mean.</exception>
    public static Soup Make(
        string method,
        IReadOnlyList<(string Name, LoadedModel Model)> members,
        IReadOnlyList<Score> scores,
        Func<LoadedModel> empty,
        RunSession run,
        InferenceOptions options)
    {
        Predictions OnValidation(LoadedModel model) => run.Predict(model, run.Samples().Samples, options);
        Loader Training(LoadedModel model) =>
            Sources.Learning(run.Recipe, run.Samples(SplitName.Train).Samples, model.Network, run.Splits.Decoded);
        var networks = members.Select(m => (m.Name, m.Model.Network)).ToArray();
        if (WeightAverage.Problem(networks) is { } problem)
        {
            throw new FineTuneException(
                $"A mean of weights needs networks of one architecture, but {problem}; combine them by --method average.");
        }
        if (members.Any(m => !m.Model.ClassNames.SequenceEqual(members[0].Model.ClassNames)))
        {
            throw new FineTuneException("A mean of weights needs the classes in one order, but the members have them in several; "
                + "combine them by --method average.");
        }
        var model = empty();
        try
        {
            int[] all = [.. Enumerable.Range(0, members.Count)];
            IReadOnlyList<int> chosen = method == Table[1].Name ? Greedy(model, networks, scores, OnValidation) : all;
            var soup = new Soup(model, chosen, OnValidation);
            soup.Fill([.. chosen.Select(m => networks[m].Network)], Training, options.Ranks);
            return soup;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static List<int> Greedy(
        LoadedModel model,
        (string Name, Models.Network Network)[] networks,
        IReadOnlyList<Score> scores,
        Func<LoadedModel, Predictions> onValidation)
    {
        var order = Enumerable.Range(0, networks.Length).OrderByDescending(m => MemberSelection.Rank(scores[m])).ToArray();
        var chosen = new List<int> { order[0] };
        var best = MemberSelection.Rank(scores[order[0]]);
        foreach (var next in order.Skip(1))
        {
            WeightAverage.Fill(model.Network, [.. chosen.Append(next).Select(m => networks[m].Network)]);
            var rank = MemberSelection.Rank(Score.Of(onValidation(model)));
            if (rank < best)
                continue;
            chosen.Add(next);
            best = rank;
        }

        return chosen;
    }

    /// <summary>
    /// Takes the mean, and of batch-norm statistics the better on validation: the mean of the members', or computed anew.
    /// </summary>
    private void Fill(IReadOnlyList<Models.Network> networks, Func<LoadedModel, Loader> training, ICommunicator ranks)
    {
        WeightAverage.Fill(Model.Network, networks);
        if (networks.Count == 1 || !BatchNormStatistics.In(Model.Network))
            return;
        var kept = Score.Of(_onValidation(Model));
        BatchNormStatistics.Compute(Model.Network, training(Model));
        foreach (var statistic in Model.Network.buffers().Where(b => b.dtype == torch.float32))
            ranks.Broadcast(statistic); // of another processor they differ in their last bits
        var anew = Score.Of(_onValidation(Model));
        var better = MemberSelection.Rank(anew) > MemberSelection.Rank(kept);
        Note = "Batch-norm statistics: "
            + FormattableString.Invariant($"{(better ? "computed anew on the training images" : "the mean of the members'")}, ")
            + "the better on validation ("
            + FormattableString.Invariant($"computed anew: top-1 {100 * anew.Top1:0.0}%, nll {anew.Nll:0.0000}; the mean: ")
            + FormattableString.Invariant($"{100 * kept.Top1:0.0}%, {kept.Nll:0.0000}).");
        if (!better)
            WeightAverage.Fill(Model.Network, networks);
    }
}
