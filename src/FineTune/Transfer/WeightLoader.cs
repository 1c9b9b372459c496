using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FineTune.Engine;
using FineTune.Models;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>Copies between a network's tensors and weights on disk.</summary>
public static class WeightLoader
{
    /// <summary>
    /// Copies weights into a network whose every tensor they must have. Everything is read and checked before the first value is copied:
    /// where this throws, the network is as it was. Weights in a file are read twice for it, and never held in memory as a whole; only a
    /// file that is cut short between the two readings leaves the network partly filled.
    /// </summary>
    /// <param name="network">Filled.</param>
    /// <param name="weights">Names and values.</param>
    /// <param name="source">Where they are from, for the message.</param>
    /// <exception cref="WeightMismatchException">A tensor is missing, unexpected, or of another shape.</exception>
    /// <exception cref="WeightException">A value is not finite or overflows, a variance is below 0, or all matrices are 0.</exception>
    public static void Load(Network network, StateDict weights, string source) =>
        Load(network, weights, source, otherHead: false, inOne: false);

    /// <summary>Copies weights into a network, whose head keeps its values where the weights' is for other classes.</summary>
    /// <returns>True if the head was filled too.</returns>
    /// <exception cref="WeightMismatchException">Anything but the head differs.</exception>
    /// <exception cref="WeightException">
    /// A value that is copied is not finite or overflows, a variance is below 0, or all matrices are 0.
    /// </exception>
    public static bool LoadBody(Network network, StateDict weights, string source) =>
        Load(network, weights, source, otherHead: true, inOne: false);

    /// <summary>
    /// <see cref="Load(Network, StateDict, string)"/> for a network that is thrown away where this throws, partly filled: a file is read
    /// once.
    /// </summary>
    internal static void Fill(Network network, StateDict weights, string source) =>
        Load(network, weights, source, otherHead: false, inOne: true);

    /// <summary><see cref="LoadBody"/> for a network that is thrown away where this throws, partly filled: a file is read once.</summary>
    internal static bool FillBody(Network network, StateDict weights, string source) =>
        Load(network, weights, source, otherHead: true, inOne: true);

    /// <summary>The network's tensors as plain data, in the state dict's order.</summary>
    public static StateDict Read(Network network)
    {
        var state = new StateDict();
        foreach (var (name, tensor) in network.state_dict())
        {
            using var scope = NewDisposeScope();
            var here = tensor.cpu().contiguous();
            state.Add(name, here.dtype == ScalarType.Int64
                ? TensorData.From(TensorValues.Of<long>(here), here.shape)
                : TensorData.From(TensorValues.Of<float>(here), here.shape));
        }

        return state;
    }

    private static bool Load(Network network, StateDict weights, string source, bool otherHead, bool inOne)
    {
        var target = network.state_dict();
        var report = KeyMatch.Compare(target.Select(t => KeyValuePair.Create(t.Key, t.Value.shape)), weights);
        var keepHead = otherHead && report.Misshapen.Count + report.Missing.Count > 0
            && report.Misshapen.Select(m => m.Name).Concat(report.Missing).Concat(report.Unexpected).All(network.Head.Owns);
        if (!report.IsExact && !keepHead)
            throw new WeightMismatchException(source, network.GetName(), report, ModelMatch.Of(weights.Shapes));
        var copied = target.Where(t => weights.ContainsKey(t.Key) && !(keepHead && network.Head.Owns(t.Key)))
            .Select(t => new WeightCopy(t.Key, t.Value, weights[t.Key])).ToArray();
        Parallel(copied, inOne ? c => c.Fill(source) : c => c.Check(source));
        bool[] zeros = [.. copied.Select(c => c.IsZeroMatrix).OfType<bool>()];
        if (zeros.Length > 0 && zeros.All(zero => zero))
            throw new WeightException(source, $"all values of its {zeros.Length} matrices and filters are 0: it holds no trained weights");

        foreach (var (_, rest) in weights.ExceptBy(copied.Select(c => c.Name), w => w.Key))
            rest.Verify();
        if (!inOne)
            Parallel(copied.Where(c => c.IsDirect), c => c.Direct());
        using var _ = no_grad();
        foreach (var copy in copied.Where(c => !c.IsDirect))
            copy.Converted();
        return !keepHead;
    }

    /// <summary>Reads from several files or parts of one at once. Of several failures, the first tensor's is thrown.</summary>
    private static void Parallel(IEnumerable<WeightCopy> copies, Action<WeightCopy> action)
    {
        var failures = new ConcurrentDictionary<int, FineTuneException>();
        var order = Partitioner.Create(copies.Index(), EnumerablePartitionerOptions.NoBuffering);
        System.Threading.Tasks.Parallel.ForEach(order, copy =>
        {
            try
            {
                action(copy.Item);
            }
            catch (FineTuneException e)
            {
                failures[copy.Index] = e;
            }
        });
        if (!failures.IsEmpty)
            ExceptionDispatchInfo.Throw(failures.MinBy(f => f.Key).Value);
    }
}
