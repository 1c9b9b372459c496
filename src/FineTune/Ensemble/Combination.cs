using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>A method that makes one classifier of several by their probabilities: a row of <see cref="Table"/>.</summary>
public sealed class Combination
{
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
        new("weighted", "a weighted mean of probabilities, with the weights of lowest nll on validation", Fitting.Likelihood,
            (m, w) => Predictions.Average(m, w)),
        new("greedy", "a mean of members added one by one, with replacement, by nll on validation (Caruana et al. 2004)", Fitting.Greedy,
            (m, w) => Predictions.Average(m, w)),
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
    /// What the members say together about the images that weights are fitted on: those of an image are fitted on the other
    /// folds, so that none is measured by what has seen its label.
    /// </summary>
    /// <param name="members">What each says about the validation images.</param>
    public Predictions CrossFitted(IReadOnlyList<Predictions> members)
    {
        if (!IsFitted)
            return Combine(members, Weights(members));
        var (images, classes) = (members[0].Count, members[0].Classes.Count);
        var count = Math.Min(Folds.Default, images);
        var folds = Folds.Of(members[0], count);
        var result = new double[members[0].Probabilities.Length];
        for (var f = 0; f < count; f++)
        {
            var (inside, outside) = (folds.Images(f), folds.Others(f));
            var weights = outside.Length == 0 ? Fitting.Uniform(members) : Weights([.. members.Select(m => m.Of(outside))]);
            var said = Combine([.. members.Select(m => m.Of(inside))], weights);
            for (var i = 0; i < inside.Length; i++)
                said.Row(i).CopyTo(result.AsSpan(inside[i] * classes, classes));
        }

        return members[0] with { Probabilities = result };
    }
}
