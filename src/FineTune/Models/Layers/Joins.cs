using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>The sum of a residual block's branch, the first input, and its shortcut.</summary>
internal sealed record Sum : Layer
{
    public override bool OutputIsFree => true;

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => inPlace ? x[0].Add(x[1]) : x[0].Plus(x[1]);
}

/// <summary>
/// The shortcut without parameters of CIFAR's ResNets: every second pixel, the new channels 0, half of them on each side.
/// </summary>
internal sealed record PaddedShortcut(long NewChannels) : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) =>
        [inputs[0][0] + NewChannels, (inputs[0][1] + 1) / 2, (inputs[0][2] + 1) / 2];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace)
    {
        using var rows = x[0].slice(2, 0, long.MaxValue, 2);
        using var pixels = rows.slice(3, 0, long.MaxValue, 2);
        return nn.functional.pad(pixels, [0, 0, 0, 0, NewChannels / 2, NewChannels / 2]);
    }
}

/// <summary>A map [C, H, W] whose channels are multiplied by one value each, [C, 1, 1].</summary>
internal sealed record Scale : Layer
{
    public override bool OutputIsFree => true;

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].mul(x[1]);
}

/// <summary>The channels of several maps, one after another.</summary>
internal sealed record Concatenation : Layer
{
    public override bool OutputIsFree => true;

    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs.Sum(s => s[0]), .. inputs[0][1..]];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => cat(x, 1);
}

/// <summary>Some of a map's channels.</summary>
internal sealed record Slice(long First, long Count) : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [Count, .. inputs[0][1..]];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].narrow(1, First, Count);
}

/// <summary>The first channel of each group, then the second of each, and so on.</summary>
internal sealed record Shuffle(long Groups) : Layer
{
    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].channel_shuffle(Groups);
}
