using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// An update rule that scales its step for a whole layer: a direction u a weight, a trust ratio a layer, a step a weight.
/// </summary>
public interface ILayerRule
{
    /// <summary>Names of the values remembered a weight, in the order of the arguments; at most two.</summary>
    static abstract IReadOnlyList<string> Slots { get; }

    /// <summary>How many there are, as a literal.</summary>
    static abstract int Count { get; }

    /// <summary>What a weight would step along, u.</summary>
    T Direction<T>(T w, T g, ref T a, ref T b)
        where T : struct, ILane<T>;

    /// <summary>The trust ratio of a layer from the Euclidean norms of its w and u, both above 0.</summary>
    double Trust(double w, double u);

    /// <summary>The step of a weight, given its u and its layer's trust ratio.</summary>
    void Step<T>(ref T w, T u, Coefficient trust, ref T a, ref T b)
        where T : struct, ILane<T>;
}
