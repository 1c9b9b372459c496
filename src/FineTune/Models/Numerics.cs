using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>What a network multiplies in.</summary>
public enum Precision
{
    /// <summary>Single precision throughout.</summary>
    Float32,

    /// <summary>
    /// Convolutions and matrix products in bfloat16, as PyTorch's autocast; weights, gradients, optimizer and loss stay in
    /// single precision. Several times faster on processors that have instructions for it.
    /// </summary>
    BFloat16,
}

/// <summary>How images and what becomes of them lie in memory.</summary>
public enum MemoryLayout
{
    /// <summary>Channel by channel.</summary>
    Nchw,

    /// <summary>Pixel by pixel, all channels of one together.</summary>
    ChannelsLast,
}

/// <summary>How a network computes. Its weights are the same either way.</summary>
/// <param name="Precision">What it multiplies in.</param>
/// <param name="Layout">How images lie in memory.</param>
public sealed record Numerics(Precision Precision, MemoryLayout Layout)
{
    /// <summary>The names that a recipe has for precisions; auto chooses by a measurement.</summary>
    public static IReadOnlyList<string> Precisions { get; } = ["float32", "bfloat16", Auto];

    /// <summary>The names that a recipe has for layouts; auto is <see cref="LayoutFor"/>.</summary>
    public static IReadOnlyList<string> Layouts { get; } = ["nchw", "channels_last", Auto];

    /// <summary>Single precision, channel by channel.</summary>
    public static Numerics Default { get; } = new(Precision.Float32, MemoryLayout.Nchw);

    /// <summary>The word that leaves a choice open.</summary>
    public const string Auto = "auto";

    /// <summary>The precision's name in a recipe.</summary>
    public string PrecisionName => Precisions[(int)Precision];

    /// <summary>The layout's name in a recipe.</summary>
    public string LayoutName => Layouts[(int)Layout];

    /// <summary>Refuses words that a recipe cannot have.</summary>
    /// <exception cref="FineTuneException">An unknown word, or bfloat16 on an engine that has none.</exception>
    public static void Check(string precision, string layout)
    {
        if (precision == Precisions[1] && !Autocast.IsAvailable)
            throw new FineTuneException("The precision is bfloat16, but this libtorch does not export autocast; use float32.");
        _ = Matches<Precision>("precision", precision, Precisions);
        _ = Matches<MemoryLayout>("layout", layout, Layouts);
    }

    /// <summary>All that a pair of a recipe's words leaves open for a network: one where the precision is not auto.</summary>
    /// <exception cref="FineTuneException">An unknown word, or bfloat16 on an engine that has none.</exception>
    public static IReadOnlyList<Numerics> Open(string precision, string layout, Network network)
    {
        Check(precision, layout);
        return
        [
            .. from p in Matches<Precision>("precision", precision, Precisions)
               where p == Precision.Float32 || Autocast.IsAvailable
               select new Numerics(
                   p, layout == Auto ? LayoutFor(network, p) : Matches<MemoryLayout>("layout", layout, Layouts).Single()),
        ];
    }

    /// <summary>
    /// The layout that auto stands for: pixel by pixel for the zoo's networks, on a GPU in bfloat16 only; channel by channel for an
    /// application's modules, which may count on that order.
    /// </summary>
    public static MemoryLayout LayoutFor(Network network, Precision precision) =>
        network.IsDescribed && (precision == Precision.BFloat16 || network.parameters().First().device_type == TorchSharp.DeviceType.CPU)
            ? MemoryLayout.ChannelsLast
            : MemoryLayout.Nchw;

    /// <inheritdoc/>
    public override string ToString() => $"{PrecisionName}, {LayoutName}";

    /// <summary>Runs layers in this way.</summary>
    /// <param name="input">Images [N, C, H, W] or features [N, F]; left as they are.</param>
    /// <param name="layers">Gives a new tensor.</param>
    /// <returns>What the layers gave, in single precision.</returns>
    internal Tensor Run(Tensor input, Func<Tensor, Tensor> layers)
    {
        using var arranged = Layout == MemoryLayout.ChannelsLast && input.dim() == 4 ? TorchEngine.ToChannelsLast(input) : null;
        Tensor output;
        using (Precision == Precision.BFloat16 ? new Autocast(input.device.type) : null)
            output = layers(arranged ?? input);
        return output.dtype == ScalarType.BFloat16 ? output.Replace(output.to(ScalarType.Float32)) : output;
    }

    private static IEnumerable<T> Matches<T>(string key, string word, IReadOnlyList<string> names)
        where T : struct, Enum
    {
        if (!names.Contains(word))
            throw Nearest.Unknown($"value of `{key}`:", word, names);
        return Enum.GetValues<T>().Where((_, k) => word == Auto || names[k] == word);
    }
}
