using System.Security.Cryptography;
using System.Text;
using FineTune.Models;
using FineTune.Models.Layers;
using FineTune.Tests.Models;

namespace FineTune.Tests.Weights;

/// <summary>Names and shapes of a model's state dict, worked out from its description: no network is made.</summary>
internal static class ModelKeys
{
    public static IReadOnlyList<KeyValuePair<string, long[]>> Of(string model, int classes = ModelGoldens.Classes) =>
    [
        .. Zoo.Find(model).Describe!(classes).Stages
            .SelectMany(s => s.Nodes)
            .Where(n => n.Key is not null)
            .SelectMany(n => Tensors(n.Key!, n.Layer)),
    ];

    /// <summary>The hash that scripts/goldens/models.py made of the original's names and shapes.</summary>
    public static string Hash(IEnumerable<KeyValuePair<string, long[]>> keys)
    {
        var lines = string.Concat(keys.Select(k => $"{k.Key} [{string.Join(", ", k.Value)}]\n").Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
    }

    private static IEnumerable<KeyValuePair<string, long[]>> Tensors(string key, Layer layer) => layer switch
    {
        Convolution c => Affine(key, [c.Out, c.In / c.Groups, c.Kernel.H, c.Kernel.W], c.Bias),
        Dense d => Affine(key, [d.Out, d.In], d.Bias),
        LayerNorm n => Affine(key, [n.Channels], true),
        BatchNorm n =>
        [
            .. Affine(key, [n.Channels], true),
            new($"{key}.running_mean", [n.Channels]),
            new($"{key}.running_var", [n.Channels]),
            new($"{key}.num_batches_tracked", []),
        ],
        Attention a =>
        [
            new($"{key}.in_proj_weight", [3 * a.Channels, a.Channels]),
            new($"{key}.in_proj_bias", [3 * a.Channels]),
            .. Affine($"{key}.out_proj", [a.Channels, a.Channels], true),
        ],
        WindowAttention a =>
        [
            new($"{key}.relative_position_bias_table", [((2 * a.Window) - 1) * ((2 * a.Window) - 1), a.Heads]),
            new($"{key}.relative_position_index", [a.Window * a.Window * a.Window * a.Window]),
            .. Affine($"{key}.qkv", [3 * a.Channels, a.Channels], true),
            .. Affine($"{key}.proj", [a.Channels, a.Channels], true),
        ],
        RawParameter p => [new(key, p.Sizes)],
        _ => throw new NotSupportedException(layer.ToString()),
    };

    private static IEnumerable<KeyValuePair<string, long[]>> Affine(string key, long[] shape, bool bias) =>
        bias ? [new($"{key}.weight", shape), new($"{key}.bias", [shape[0]])] : [new($"{key}.weight", shape)];
}
