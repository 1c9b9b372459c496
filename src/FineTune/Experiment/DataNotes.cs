using FineTune.Data;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>What is to be known of a run's images before its accuracy is read.</summary>
internal static class DataNotes
{
    private const double Uneven = 1.25; // times an equal part
    private const int FewFiles = 3; // that are named for one reason

    /// <summary>A sentence each.</summary>
    public static IEnumerable<string> Of(Recipe recipe, Dataset dataset, Inspection inspection)
    {
        if (recipe.AllowDuplicates && inspection.Leaks is { Count: > 0 } leaks)
            yield return $"{inspection.Sentence(leaks)}; allow_duplicates is set, and accuracy measured on them is misleading.";
        if (inspection.Copies is { } copies)
            yield return copies;
        if (LargestClass(dataset) is { } largest)
            yield return largest;
    }

    /// <summary>What is to be known of a folder that is only measured on: a sentence each.</summary>
    /// <param name="dataset">Its images, screened.</param>
    /// <param name="inspection">What is known of its files.</param>
    public static IEnumerable<string> OfFolder(Dataset dataset, Inspection inspection)
    {
        if (inspection.Leaks is { Count: > 0 } leaks)
            yield return $"{inspection.Sentence(leaks)}.";
        if (inspection.Copies is { } copies)
            yield return copies;
        foreach (var note in LeftOut(dataset))
            yield return note;
    }

    /// <summary>Files that are left out, a sentence for each reason.</summary>
    public static IEnumerable<string> LeftOut(Dataset dataset)
    {
        foreach (var reason in dataset.LeftOut.GroupBy(f => f.Reason, f => $"'{f.Path}'"))
        {
            string[] files = [.. reason];
            yield return $"{FirstFew.Of(files, FewFiles)} {(files.Length == 1 ? "is" : "are")} left out: {reason.Key}.";
        }
    }

    /// <summary>What a classifier would score that looks at no image, where that is much.</summary>
    private static string? LargestClass(Dataset dataset)
    {
        var watched = dataset.Split(Experiment.WatchedSplit(dataset));
        var largest = watched.GroupBy(s => s.Label).MaxBy(g => g.Count())!;
        var part = (double)largest.Count() / watched.Count;
        return dataset.Classes.Count == 1 || part * dataset.Classes.Count <= Uneven ? null
            : FormattableString.Invariant($"{100 * part:0.0}% of the validation images are of class '{dataset.Classes[largest.Key]}': ")
                + "always saying so would be right for as many.";
    }
}
