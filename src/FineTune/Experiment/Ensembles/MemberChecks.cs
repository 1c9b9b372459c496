using FineTune.Data;
using FineTune.Evaluate;

namespace FineTune.Experiment.Ensembles;

/// <summary>Refuses ensembles whose figures would not be comparable, or would be of images that a member was trained on.</summary>
internal static class MemberChecks
{
    private const string SameSplit = "train the runs of an ensemble on the same split: a folder with train and val, "
        + "or the same split_seed.";

    /// <summary>Each member is another: not the same file by another path, and not a copy.</summary>
    /// <exception cref="FineTuneException">One is given twice.</exception>
    public static void RequireOnce(IReadOnlyList<MemberFile> members)
    {
        if (members.GroupBy(f => RealPath.Of(f.Path), StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FineTuneException($"The member '{twice.Last().Name}' is given twice; give each once.");
        var alike = members.Where(f => File.Exists(f.Path)).GroupBy(f => new FileInfo(f.Path).Length).Where(g => g.Count() > 1)
            .SelectMany(g => g.GroupBy(f => SavedEnsemble.Hash(f.Path)));
        foreach (var copies in alike.Select(g => g.DistinctBy(f => f.Run?.Folder.Path ?? f.Path).ToArray()).Where(g => g.Length > 1))
        {
            throw new FineTuneException(
                $"The members '{copies[0].Name}' and '{copies[1].Name}' have the same weights to the bit; give each once.");
        }
    }

    /// <summary>Every member's run has the classes of the first, whose images are measured.</summary>
    /// <exception cref="FineTuneException">One has others.</exception>
    public static void RequireClasses(IReadOnlyList<MemberFile> members, RunSession first)
    {
        var classes = first.Images.Classes;
        if (members.FirstOrDefault(m => m.Run is { } run && !ClassNames.AreSame(run.Images.Classes, classes)) is not { } other)
            return;
        throw new FineTuneException($"The images are of the classes {ClassNames.Some(classes)}, "
            + $"but '{other.Name}' tells apart {ClassNames.Some(other.Run!.Images.Classes)}; "
            + "the members of an ensemble, and what it is held against, have the same classes.");
    }

    /// <summary>
    /// Every member's run has the validation images of the first, whose images are measured, and was not trained on any image that is
    /// measured: told by their hashes. Copies among the first run's own images are left to its notes.
    /// </summary>
    /// <param name="members">The members; those that no run is known of are noted.</param>
    /// <param name="first">The run whose images are measured.</param>
    /// <param name="splits">Splits that are measured, or chosen on.</param>
    /// <returns>What is not known, a sentence each.</returns>
    /// <exception cref="FineTuneException">One has other validation images, or was trained on some that are measured.</exception>
    public static IReadOnlyList<string> Require(IReadOnlyList<MemberFile> members, RunSession first, IReadOnlyList<string> splits)
    {
        var measured = splits.SelectMany(first.Images.Of).Select(i => i.Sha256).ToHashSet(StringComparer.Ordinal);
        measured.ExceptWith(first.TrainedOn); // copies that the first run allowed, which its own notes tell of
        var watched = first.Images.Hashes(first.Splits.Watched);
        foreach (var run in RunsOf(members))
        {
            var trained = run.TrainedOn.Count(measured.Contains);
            if (trained > 0 && !splits.Contains(SplitName.Train))
            {
                throw new FineTuneException(
                    $"The run '{run.Folder.Path}' was trained on {trained} of the {measured.Count} images that are measured; {SameSplit}");
            }
            if (!run.Images.Hashes(run.Splits.Watched).SetEquals(watched))
            {
                throw new FineTuneException(
                    $"The runs '{first.Folder.Path}' and '{run.Folder.Path}' have other validation images; {SameSplit}");
            }
        }

        return [.. members.Where(m => m.Run is null)
            .Select(m => $"It is not known which images '{m.Name}' was trained on; some may be among those that are measured.")];
    }

    /// <summary>SHA-256 of the images that members' runs were trained on.</summary>
    public static IEnumerable<string> TrainedOn(IReadOnlyList<MemberFile> members) =>
        RunsOf(members).SelectMany(r => r.TrainedOn).Distinct();

    private static IEnumerable<RunSession> RunsOf(IReadOnlyList<MemberFile> members) =>
        members.Select(m => m.Run).OfType<RunSession>().DistinctBy(r => r.Folder.Path);
}
