using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// An update rule at one step: the paper's formula over one weight w, its gradient g and up to four values that the rule
/// remembers a weight, zero at first. Hyperparameters and what depends on the step alone are fields.
/// </summary>
public interface IRule
{
    /// <summary>Names of the values remembered a weight, in the order of the arguments; at most four.</summary>
    static abstract IReadOnlyList<string> Slots { get; }

    /// <summary>How many there are. A literal: the compiler then leaves out what the other arguments would cost.</summary>
    static abstract int Count { get; }

    /// <summary>One step of one weight.</summary>
    void Step<T>(ref T w, T g, ref T a, ref T b, ref T c, ref T d)
        where T : struct, ILane<T>;
}
