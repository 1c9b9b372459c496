using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// Widths that grow by a rule of four numbers (Radosavovic et al. 2020, arXiv 2003.13678, equations 2 to 4), Y with squeeze and
/// excitation, with torchvision's names and keys.
/// </summary>
internal static class RegNet
{
    private const int Quantum = 8;
    private const double Squeezed = 0.25;

    /// <summary>Stages stem, block1 .. block4, pool, head.</summary>
    public static NetworkGraph Describe(string name, Rule rule, Preprocessing input, long classes)
    {
        var x = new GraphBuilder(name, input).Input("stem").ConvNorm("stem.0", "stem.1", 32, 3, stride: 2).Relu();
        var stages = Stages(rule);
        for (var k = 0; k < stages.Length; k++)
        {
            x = x.Begin($"block{k + 1}");
            for (var b = 0; b < stages[k].Depth; b++)
            {
                x = Block(
                    x, $"trunk_output.block{k + 1}.block{k + 1}-{b}", stages[k].Width, b == 0 ? 2 : 1, stages[k].GroupWidth, rule.Squeeze);
            }
        }

        return x.PoolAndHead("fc", classes).Finish(Initialisations.Of(Initialisations.FanOut, Initialisations.SmallNormal));
    }

    /// <summary>u_j = w_0 + w_a j, rounded to w_0 w_m^s and to multiples of 8; blocks of one width are a stage.</summary>
    private static (long Width, int Depth, long GroupWidth)[] Stages(Rule rule) =>
    [
        .. Enumerable.Range(0, rule.Depth)
            .Select(j => Math.Round(Math.Log((rule.First + (rule.Slope * j)) / rule.First) / Math.Log(rule.Factor)))
            .Select(s => (long)(Math.Round(rule.First * Math.Pow(rule.Factor, s) / Quantum) * Quantum))
            .GroupBy(w => w)
            .Select(g => (Widths.Divisible(g.Key, (int)Math.Min(rule.GroupWidth, g.Key)), g.Count(), Math.Min(rule.GroupWidth, g.Key))),
    ];

    private static Value Block(Value x, string key, long width, long stride, long groupWidth, bool squeeze)
    {
        var shortcut = stride == 1 && x.Channels == width ? x : x.ConvNorm($"{key}.proj.0", $"{key}.proj.1", width, 1, stride);
        var y = x.ConvNorm($"{key}.f.a.0", $"{key}.f.a.1", width).Relu();
        y = y.ConvNorm($"{key}.f.b.0", $"{key}.f.b.1", width, 3, stride, groups: width / groupWidth).Relu();
        if (squeeze)
            y = y.SqueezeExcite($"{key}.f.se", (long)Math.Round(Squeezed * x.Channels), ActivationKind.Relu);
        return y.ConvNorm($"{key}.f.c.0", $"{key}.f.c.1", width).Plus(shortcut).Relu();
    }

    /// <summary>The numbers of the rule.</summary>
    /// <param name="Depth">Blocks.</param>
    /// <param name="First">w_0.</param>
    /// <param name="Slope">w_a.</param>
    /// <param name="Factor">w_m.</param>
    /// <param name="GroupWidth">Channels of a group.</param>
    /// <param name="Squeeze">Whether it has squeeze and excitation.</param>
    internal sealed record Rule(int Depth, long First, double Slope, double Factor, long GroupWidth, bool Squeeze);
}
