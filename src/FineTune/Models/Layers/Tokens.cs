using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>Layer normalization over the last axis (Ba et al. 2016).</summary>
internal sealed record LayerNorm(long Channels, double Eps) : ModuleLayer
{
    public override long Parameters => 2 * Channels;

    public override nn.Module Make() => nn.LayerNorm(Channels, Eps);
}

/// <summary>A map [C, H, W] with its channels last, [H, W, C].</summary>
internal sealed record ChannelsLast : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs[0][1], inputs[0][2], inputs[0][0]];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].permute(0, 2, 3, 1);
}

/// <summary>Back: [H, W, C] -> [C, H, W].</summary>
internal sealed record ChannelsFirst : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs[0][2], inputs[0][0], inputs[0][1]];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].permute(0, 3, 1, 2);
}

/// <summary>The pixels of a map as a sequence: [C, H, W] -> [H W, C].</summary>
internal sealed record Sequence : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs[0][1] * inputs[0][2], inputs[0][0]];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace)
    {
        using var flat = x[0].flatten(2);
        return flat.transpose(1, 2);
    }
}

/// <summary>A learned token before a sequence: [T, C] -> [1 + T, C].</summary>
internal sealed record ClassToken(string Name, long Channels) : RawParameter(Name, [1, 1, Channels])
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs[0][0] + 1, Channels];

    public override Tensor Initial() => zeros(Sizes);

    protected override Tensor Run(Tensor parameter, Tensor x)
    {
        using var tokens = parameter.expand(x.size(0), 1, Channels);
        return cat([tokens, x], 1);
    }
}

/// <summary>A learned vector for each place of a sequence, added.</summary>
internal sealed record Positions(string Name, long Tokens, long Channels) : RawParameter(Name, [1, Tokens, Channels])
{
    private const double Deviation = 0.02;

    public override bool OutputIsFree => true;

    public override Tensor Initial() => empty(Sizes).normal_(0, Deviation);

    protected override Tensor Run(Tensor parameter, Tensor x) => x.Plus(parameter);
}

/// <summary>A learned factor for each channel of a map (Touvron et al. 2021).</summary>
internal sealed record LayerScale(string Name, long Channels, double Start) : RawParameter(Name, [Channels, 1, 1])
{
    public override bool OutputIsFree => true;

    public override Tensor Initial() => TensorArithmetic.Full(Start, Sizes);

    protected override Tensor Run(Tensor parameter, Tensor x) => x.mul(parameter);
}

/// <summary>The first token of a sequence: [T, C] -> [C].</summary>
internal sealed record FirstToken : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => inputs[0][1..];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => x[0].select(1, 0);
}

/// <summary>Four neighbouring pixels as one, with four times the channels: [H, W, C] -> [H / 2, W / 2, 4 C] (Liu et al. 2021).</summary>
internal sealed record MergedPatches : Layer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [(inputs[0][0] + 1) / 2, (inputs[0][1] + 1) / 2, 4 * inputs[0][2]];

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace)
    {
        using var scope = NewDisposeScope();
        var padded = nn.functional.pad(x[0], [0, 0, 0, x[0].size(2) % 2, 0, x[0].size(1) % 2]);
        return cat([Part(padded, 0, 0), Part(padded, 1, 0), Part(padded, 0, 1), Part(padded, 1, 1)], 3).MoveToOuterDisposeScope();
    }

    private static Tensor Part(Tensor x, long row, long column) => x.slice(1, row, long.MaxValue, 2).slice(2, column, long.MaxValue, 2);
}
