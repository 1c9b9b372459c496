namespace FineTune.Train;

/// <summary>Holds the ranks of a run to the same weights: each takes the same steps, so they never differ.</summary>
internal static class RankCheck
{
    /// <summary>Compares the weights of all ranks, batch-norm statistics included.</summary>
    /// <param name="parts">The run.</param>
    /// <param name="step">Steps taken.</param>
    /// <exception cref="FineTuneException">They differ.</exception>
    public static void Refuse(TrainerParts parts, long step)
    {
        if (parts.Ranks.Size == 1)
            return;
        var all = parts.Ranks.Exchange(parts.Vector.Hash());
        var other = Array.FindIndex(all, h => !h.AsSpan().SequenceEqual(all[0]));
        if (other > 0)
        {
            throw new FineTuneException($"Rank {other} has other weights than rank 0 after step {step}: their processors or libraries "
                + "compute or add in other ways. The last checkpoint is whole; go on with it on ranks that are alike.");
        }
    }
}
