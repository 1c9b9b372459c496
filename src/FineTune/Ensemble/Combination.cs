using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>A method that makes one classifier of several by their probabilities: a row of <see cref="Table"/>.</summary>
public sealed class Combination
{
    private const int Folds = 5;

    private readonly Func<IReadOnlyList<Predictions>, double[]> _fit;
    private readonly Func<IReadOnlyList<Predictions>, IReadOnlyList<double>, Predictions> _mix;

    private Combination(
        string name,
        string summary,
        Func<IReadOnlyList<Predictions>, double[]> fit,
        Func<IReadOnlyList<Predictions>, IReadOnlyList<double>, Predictions> mix)
    {
        (Name, Summary, _fit, _mix) = (name, summary, fit, mix);
    }

    /// <summary>Every method.</summary>
    public static IReadOnlyList<Combination> Table { get; } =
    [
        new("average", "the mean of the members' probabilities", Fitting.Uniform, (m, w) => Predictions.Average(m, w)),
        new("logits", "the mean of the members' logits (the geometric mean of their probabilities)", Fitting.Uniform, Mixing.Geometric),
        new("vote", "the class that most members predict", Fitting.Uniform, Mixing.Vote),
        new("weighted", "a weighted mean of probabilities, with the weights of lowest nll on validation", Fitting.Likelihood, (m, w) => Predictions.Average(m, w)),
        new("greedy", "a mean of members added one by one, with replacement, by nll on validation (Caruana et al. 2004)", Fitting.Greedy, (m, w) => Predictions.Average(m, w)),
    ];

    /// <summary>As the command line writes it.</summary>
    public string Name { get; }

    /// <summary>What it is, in a line.</summary>
    public string Summary { get; }

    /// <summary>Whether the members' weights are chosen on validation images.</summary>
    public bool IsFitted => _fit != Fitting.Uniform;

    /// <summary>The method of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static Combination Find(string name) =>
        Table.FirstOrDefault(c => c.Name == name) ?? throw Nearest.Unknown("method", name, Table.Select(c => c.Name));

    /// <summary>The members' weights, at least 0 and of sum 1.</summary>
    /// <param name="validation">What each says about the images that choices are made on; at least one member.</param>
    public double[] Weights(IReadOnlyList<Predictions> validation) => _fit(validation);

    /// <summary>What the members say together.</summary>
    /// <param name="members">What each says about the same images.</param>
    /// <param name="weights">By <see cref="Weights"/>.</param>
    public Predictions Combine(IReadOnlyList<Predictions> members, IReadOnlyList<double> weights) => _mix(members, weights);

    /// <summary>
    /// What the members say together about the images that weights are fitted on: those of an image are fitted on the other four fifths, so
    /// that none is measured on what it was fitted on. The fifths have the classes in equal parts, and depend on the images' order alone.
    /// </summary>
    /// <param name="members">What each says about the validation images.</param>
    public Predictions CrossFitted(IReadOnlyList<Predictions> members)
    {
        if (!IsFitted)
            return Combine(members, Weights(members));
        var fold = new int[members[0].Count];
        var seen = new int[members[0].Classes.Count];
        for (var i = 0; i < fold.Length; i++)
            fold[i] = seen[members[0].Labels[i]]++ % Folds;
        var result = new double[members[0].Probabilities.Length];
        foreach (var held in fold.Distinct())
        {
            var rest = Enumerable.Range(0, fold.Length).Where(i => fold[i] != held).ToArray();
            var weights = rest.Length == 0 ? Fitting.Uniform(members) : Weights([.. members.Select(m => m.Of(rest))]);
            var all = Combine(members, weights);
            for (var i = 0; i < fold.Length; i++)
            {
                if (fold[i] == held)
                    all.Row(i).CopyTo(result.AsSpan(i * all.Classes.Count));
            }
        }

        return members[0] with { Probabilities = result };
    }
}
