namespace FineTune.Distributed;

/// <summary>What a rank has spent on the others, in the steps of training.</summary>
public sealed class RankTimes
{
    /// <summary>Seconds in which it waited for the others to have computed their parts.</summary>
    public double Waiting { get; internal set; }

    /// <summary>Seconds in which gradients were summed.</summary>
    public double AllReduce { get; internal set; }
}
