using FineTune.Engine;
using FineTune.Models;
using FineTune.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>Copies between a network's tensors and weights on disk.</summary>
public static class WeightLoader
{
    /// <summary>Copies weights into a network whose every tensor they must have.</summary>
    /// <param name="network">Filled.</param>
    /// <param name="weights">Names and values.</param>
    /// <param name="source">Where they are from, for the message.</param>
    /// <exception cref="WeightMismatchException">A tensor is missing, unexpected, or of another shape.</exception>
    /// <exception cref="WeightException">A value is not finite or overflows, or a variance is below 0.</exception>
    public static void Load(Network network, StateDict weights, string source) => Load(network, weights, source, allowOtherHead: false);

    /// <summary>Copies weights into a network, whose head keeps its values where the weights' is for other classes.</summary>
    /// <returns>True if the head was filled too.</returns>
    /// <exception cref="WeightMismatchException">Anything but the head differs.</exception>
    /// <exception cref="WeightException">A value that is copied is not finite or overflows, or a variance is below 0.</exception>
    public static bool LoadBody(Network network, StateDict weights, string source) => Load(network, weights, source, allowOtherHead: true);

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

    private static bool Load(Network network, StateDict weights, string source, bool allowOtherHead)
    {
        var target = network.state_dict();
        var report = KeyMatch.Compare(target.Select(t => KeyValuePair.Create(t.Key, t.Value.shape)), weights);
        var keepHead = allowOtherHead && report.Misshapen.Count + report.Missing.Count > 0
            && report.Misshapen.Select(m => m.Name).Concat(report.Missing).Concat(report.Unexpected).All(network.Head.Owns);
        if (!report.IsExact && !keepHead)
            throw new WeightMismatchException(source, network.GetName(), report);
        var copied = target.Where(t => weights.ContainsKey(t.Key) && !(keepHead && network.Head.Owns(t.Key))).ToArray();
        var valued = copied.Where(t => t.Value.dtype != ScalarType.Int64);
        if (valued.Select(t => WeightValues.Problem(t.Key, weights[t.Key])).FirstOrDefault(p => p is not null) is { } problem)
            throw new WeightException(source, $"{problem}; take weights from before the training that made them went wrong");
        using var _ = no_grad();
        foreach (var (name, tensor) in copied)
        {
            using var values = Values(name, weights[name], tensor, source);
            tensor.copy_(values);
        }

        return !keepHead;
    }

    private static Tensor Values(string name, TensorData data, Tensor like, string source) => like.dtype == ScalarType.Int64
        ? torch.tensor(Counts(name, data, source), data.Shape.ToArray())
        : torch.tensor(data.ToFloats(), data.Shape.ToArray());

    /// <summary>
    /// Whole numbers, such as a batch norm's batches; files that were converted as a whole have them as floating-point numbers.
    /// </summary>
    private static long[] Counts(string name, TensorData data, string source)
    {
        const float Most = 1L << 53;
        if (data.Type is not (TensorType.Float16 or TensorType.BFloat16 or TensorType.Float32 or TensorType.Float64))
            return data.ToLongs();
        var values = data.ToFloats();
        return values.All(v => Math.Abs(v) <= Most && v == MathF.Floor(v))
            ? Array.ConvertAll(values, v => (long)v)
            : throw new WeightException(source, $"'{name}' is a count and holds {values[0]}; the file is damaged");
    }
}
