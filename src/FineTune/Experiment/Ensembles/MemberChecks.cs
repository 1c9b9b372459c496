using FineTune.Data;

namespace FineTune.Experiment.Ensembles;

/// <summary>Refuses ensembles whose figures would not be comparable, or would be of images that a member was trained on.</summary>
internal static class MemberChecks
{
    /// <summary>
    /// Every member's run has the validation images of the first, whose images are measured, and was not trained on any image that is
    /// measured: told by their hashes.
    /// </summary>
    /// <param name="members">The members; those that no run is known of are noted.</param>
    /// <param name="first">The run whose images are measured.</param>
    /// <param name="splits">Splits that are measured, or chosen on.</param>
    /// <returns>What is not known, a sentence each.</returns>
    /// <exception cref="FineTuneException">One has other validation images, or was trained on some that are measured.</exception>
    public static IReadOnlyList<string> Require(IReadOnlyList<MemberFile> members, RunSession first, IReadOnlyList<string> splits)
    {
        var images = first.Splits.Images;
        var measured = splits.SelectMany(images.Of).Select(i => i.Sha256).ToHashSet(StringComparer.Ordinal);
        var watched = Hashes(first, first.Splits.Watched);
        foreach (var run in members.Select(m => m.Run).OfType<RunSession>().DistinctBy(r => r.Folder.Path))
        {
            var trained = Hashes(run, SplitName.Train).Count(measured.Contains);
            if (trained > 0 && !splits.Contains(SplitName.Train))
            {
                throw new FineTuneException($"The run '{run.Folder.Path}' was trained on {trained} of the {measured.Count} images that are measured; "
                    + "train the runs of an ensemble on the same split: a folder with train and val, or the same split_seed.");
            }

            if (!Hashes(run, run.Splits.Watched).SetEquals(watched))
            {
                throw new FineTuneException($"The runs '{first.Folder.Path}' and '{run.Folder.Path}' have other validation images; "
                    + "train the runs of an ensemble on the same split: a folder with train and val, or the same split_seed.");
            }
        }

        return [.. members.Where(m => m.Run is null).Select(m => $"It is not known which images '{m.Name}' was trained on; some may be among those that are measured.")];
    }

    private static HashSet<string> Hashes(RunSession run, string split) =>
        run.Splits.Images.Of(split).Select(i => i.Sha256).ToHashSet(StringComparer.Ordinal);
}
