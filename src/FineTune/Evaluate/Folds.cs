namespace FineTune.Evaluate;

/// <summary>
/// The parts of a set of images that are measured by what was fitted on the others. Every class is dealt out in turn, in an order that is
/// always the same.
/// </summary>
public sealed class Folds
{
    /// <summary>How many, where there are as many images.</summary>
    public const int Default = 5;

    private readonly int[] _fold;

    private Folds(int[] fold) => _fold = fold;

    /// <summary>Deals images out.</summary>
    /// <param name="predictions">Their labels count.</param>
    /// <param name="folds">How many, at least 1.</param>
    public static Folds Of(Predictions predictions, int folds)
    {
        var fold = new int[predictions.Count];
        var next = 0;
        for (var label = 0; label < predictions.Classes.Count; label++)
        {
            int[] images = [.. Enumerable.Range(0, fold.Length).Where(i => predictions.Labels[i] == label)];
            new RandomKey(0, 0, label, RandomUse.Resample).Stream().Shuffle<int>(images);
            foreach (var image in images)
                fold[image] = next++ % folds;
        }

        return new Folds(fold);
    }

    /// <summary>Positions of a fold's images.</summary>
    public int[] Images(int fold) => [.. Enumerable.Range(0, _fold.Length).Where(i => _fold[i] == fold)];

    /// <summary>Positions of all others.</summary>
    public int[] Others(int fold) => [.. Enumerable.Range(0, _fold.Length).Where(i => _fold[i] != fold)];
}
