using FineTune.Optimize;

namespace FineTune.Train;

/// <summary>
/// The last two states of a run on disk. The new one is whole and flushed before either is touched, and each rename leaves
/// one that can be read: whatever call fails, or where the process ends, a run can go on from what is there.
/// </summary>
/// <param name="parts">Whose state it is.</param>
internal sealed class CheckpointStore(TrainerParts parts)
{
    /// <summary>The last state becomes the previous one, and this the last.</summary>
    /// <exception cref="FineTuneException">The disk refuses it.</exception>
    public void Save(TrainState state)
    {
        Checkpoint.Save(parts.Folder.Next, parts.Network, parts.Classes, parts.Optimizer, state);
        if (File.Exists(parts.Folder.Last))
            AtomicFile.Rename(parts.Folder.Last, parts.Folder.Previous);
        AtomicFile.Rename(parts.Folder.Next, parts.Folder.Last);
    }

    /// <summary>
    /// Puts back the last state, or the one before where that cannot be read; null where there is none: a run that was killed
    /// before its first checkpoint begins anew, which gives the same bits.
    /// </summary>
    /// <param name="optimizer">Asked for the rule of a phase.</param>
    /// <exception cref="FineTuneException">No checkpoint of this recipe can be read.</exception>
    public TrainState? Restore(Func<int, Optimizer> optimizer)
    {
        var (last, previous) = (parts.Folder.Last, parts.Folder.Previous);
        if (!File.Exists(last) && !File.Exists(previous))
            return null;
        try
        {
            return Checkpoint.Restore(last, parts.Network, optimizer);
        }
        catch (FineTuneException) when (File.Exists(previous))
        {
            var state = Checkpoint.Restore(previous, parts.Network, optimizer);
            AtomicFile.Rename(previous, last); // else the next save would put what cannot be read in the place of what can
            return state;
        }
    }
}
