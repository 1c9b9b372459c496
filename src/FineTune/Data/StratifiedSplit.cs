namespace FineTune.Data;

/// <summary>Draws a validation split from the seed, class by class.</summary>
internal static class StratifiedSplit
{
    /// <summary>
    /// Of each class of n files, round(n * fraction) go to validation, at least 1 and at most n - 1. Which ones depends
    /// on the seed and on the class's rank among the folder names, and on nothing else.
    /// </summary>
    /// <exception cref="FineTuneException">A class has a single image.</exception>
    public static (SortedDictionary<string, string[]> Train, SortedDictionary<string, string[]> Validation) Draw(
        string root, SortedDictionary<string, string[]> classes, double fraction, long seed)
    {
        var train = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        var validation = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (rank, (name, files)) in classes.Index())
        {
            if (files.Length < 2)
                throw new FineTuneException($"Class '{name}' of '{root}' has one image only; two are needed to draw a validation split from it.");
            var drawn = Math.Clamp((int)Math.Round(files.Length * fraction), 1, files.Length - 1);
            var order = (string[])files.Clone();
            new RandomKey(seed, 0, rank, RandomUse.Split).Stream().Shuffle(order.AsSpan());
            validation[name] = [.. order.Take(drawn).Order(StringComparer.Ordinal)];
            train[name] = [.. order.Skip(drawn).Order(StringComparer.Ordinal)];
        }

        return (train, validation);
    }
}
