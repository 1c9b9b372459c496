using FineTune.Engine;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Ensemble;

/// <summary>One network whose weights are the mean of several networks', batch-norm statistics included.</summary>
internal static class WeightAverage
{
    /// <summary>
    /// Fills a network with the mean of others' weights, each counted as often as it comes; whole numbers are the first one's.
    /// </summary>
    /// <param name="target">Filled; of the same architecture, and none of them.</param>
    /// <param name="networks">At least one.</param>
    public static void Fill(Network target, IReadOnlyList<Network> networks)
    {
        using var _ = no_grad();
        var states = networks.Select(n => n.state_dict()).ToArray();
        foreach (var (name, to) in target.state_dict())
        {
            using var scope = NewDisposeScope();
            if (!to.is_floating_point())
            {
                to.copy_(states[0][name]);
                continue;
            }

            var mean = zeros(to.shape, ScalarType.Float64, to.device);
            foreach (var state in states)
                mean.Add(state[name]); // in double: the order of members changes nothing that float32 keeps
            to.copy_(mean.Divide(states.Length));
        }
    }

    /// <summary>Why networks have no mean, as a clause; null where they have.</summary>
    public static string? Problem(IReadOnlyList<(string Name, Network Network)> members)
    {
        var (name, first) = members[0];
        var shapes = first.state_dict().ToDictionary(t => t.Key, t => t.Value.shape);
        foreach (var (otherName, other) in members.Skip(1))
        {
            var state = other.state_dict();
            if (other.GetName() != first.GetName())
                return $"'{name}' is {first.GetName()} and '{otherName}' {other.GetName()}";
            if (state.Count != shapes.Count
                || state.Any(t => !shapes.TryGetValue(t.Key, out var shape) || !shape.SequenceEqual(t.Value.shape)))
            {
                return $"the heads of '{name}' and '{otherName}' have other shapes";
            }
            if (!other.Preprocessing.Equals(first.Preprocessing))
                return $"'{name}' and '{otherName}' see images in other ways (size, resize or normalisation)";
        }

        return null;
    }
}
