namespace FineTune.Evaluate.Metrics;

/// <summary>How many images of each true class were predicted as each class, and the rates that follow from these counts alone.</summary>
/// <param name="Counts">[classes][classes]: a row a true class, a column a predicted one.</param>
public sealed record ConfusionMatrix(IReadOnlyList<int[]> Counts)
{
    private readonly int[] _support = [.. Counts.Select(row => row.Sum())];
    private readonly int[] _predicted = [.. Counts.Select((_, k) => Counts.Sum(row => row[k]))];

    /// <summary>Counts predictions.</summary>
    public static ConfusionMatrix Of(Predictions predictions)
    {
        var counts = predictions.Classes.Select(_ => new int[predictions.Classes.Count]).ToArray();
        for (var i = 0; i < predictions.Count; i++)
            counts[predictions.Labels[i]][predictions.Predicted(i)]++;
        return new ConfusionMatrix(counts);
    }

    /// <summary>Images.</summary>
    public int N => _support.Sum();

    /// <summary>Images of a true class.</summary>
    public int Support(int label) => _support[label];

    /// <summary>Part of the images predicted as a class that are of it; 0 where none was predicted so.</summary>
    public double Precision(int label) => Rate(Counts[label][label], _predicted[label]);

    /// <summary>Part of a class's images that were predicted as it: its accuracy; 0 where it has no image.</summary>
    public double Recall(int label) => Rate(Counts[label][label], _support[label]);

    /// <summary>Their harmonic mean, 2 TP / (2 TP + FP + FN); 0 where the class neither occurs nor is predicted.</summary>
    public double F1(int label) => Rate(2 * Counts[label][label], _support[label] + _predicted[label]);

    /// <summary>The mean recall of the classes that have an image.</summary>
    public double BalancedAccuracy => Classes.Where(k => _support[k] > 0).Average(Recall);

    /// <summary>The mean F1 of the classes that occur, be it as a true or as a predicted class.</summary>
    public double MacroF1 => Classes.Where(k => _support[k] + _predicted[k] > 0).Average(F1);

    /// <summary>The mean F1, weighted by the images of each true class.</summary>
    public double WeightedF1 => Classes.Sum(k => _support[k] * F1(k)) / N;

    /// <summary>
    /// Cohen's kappa (1960): agreement beyond what equal marginal counts give by chance, in -1..1; null where all images are of one
    /// class and predicted as it, for chance then explains everything.
    /// </summary>
    public double? Kappa
    {
        get
        {
            double n = N;
            var agreed = Classes.Sum(k => Counts[k][k]) / n;
            var chance = Classes.Sum(k => _support[k] / n * (_predicted[k] / n));
            return Classes.Any(k => _support[k] == N && _predicted[k] == N) ? null : (agreed - chance) / (1 - chance);
        }
    }

    private IEnumerable<int> Classes => Enumerable.Range(0, Counts.Count);

    private static double Rate(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
