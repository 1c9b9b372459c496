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

    /// <summary>Puts back a state; where it is not the newest, it takes the place of what could not be read.</summary>
    /// <param name="saved">The state.</param>
    /// <param name="optimizer">Asked for the rule of a phase.</param>
    /// <exception cref="FineTuneException">The checkpoint is of another recipe.</exception>
    public TrainState Restore(SavedState saved, Func<int, Optimizer> optimizer)
    {
        var state = Checkpoint.Restore(saved, parts.Network, optimizer);
        if (saved.InsteadOfNewest is not null && parts.Writes)
            // else the next save would put what cannot be read in the place of what can
            AtomicFile.Rename(parts.Folder.Previous, parts.Folder.Last);
        return state;
    }
}
