using FineTune.Models.Graph;
using FineTune.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// A transformer over patches of the image (Dosovitskiy et al. 2020, arXiv 2010.11929, table 1), with torchvision's names and keys.
/// </summary>
internal static class VisionTransformer
{
    private const double Eps = 1e-6, SmallBias = 1e-6;

    /// <summary>Stages stem, layers1 .. layers4 (a quarter of the encoder's each), pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="patch">Pixels a side of a patch.</param>
    /// <param name="depth">Layers of the encoder.</param>
    /// <param name="width">Values of a token.</param>
    /// <param name="heads">Heads of the attention.</param>
    /// <param name="input">What its input looks like.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, long patch, int depth, long width, long heads, Preprocessing input, long classes)
    {
        var x = new GraphBuilder(name, input).Input("stem")
            .Conv("conv_proj", width, patch, patch, padding: 0, bias: true).Then(new Sequence());
        x = x.Then(new ClassToken("class_token", width), "class_token");
        x = x.Then(new Positions("pos_embedding", x.Shape[0], width), "encoder.pos_embedding");
        for (var k = 0; k < depth; k++)
        {
            x = k % (depth / 4) == 0 ? x.Begin($"layers{(k / (depth / 4)) + 1}") : x;
            x = Layer(x, $"encoder.layers.encoder_layer_{k}", heads);
        }

        x = x.Begin("pool").LayerNorm("encoder.ln", Eps).Then(new FirstToken());
        return x.Begin("head").Dropout().Dense("heads.head", classes).Finish(Initialise);
    }

    /// <summary>Figure 1: attention, then a hidden layer of four times the width, each with its residual.</summary>
    private static Value Layer(Value x, string key, long heads)
    {
        var width = x.Shape[^1];
        x = x.LayerNorm($"{key}.ln_1", Eps).Then(new Attention(width, heads), $"{key}.self_attention").Plus(x);
        return x.LayerNorm($"{key}.ln_2", Eps).Dense($"{key}.mlp.0", 4 * width).Activate(ActivationKind.Gelu)
            .Dense($"{key}.mlp.3", width).Plus(x);
    }

    private static void Initialise(IReadOnlyList<(string Key, nn.Module Module)> modules)
    {
        using var _ = no_grad();
        foreach (var (key, module) in modules)
        {
            if (module is Conv2d conv)
            {
                nn.init.trunc_normal_(conv.weight!, std: Math.Sqrt(1.0 / (conv.weight!.numel() / conv.weight.size(0))));
                conv.bias!.zero_();
            }
            else if (module is Linear head && key == "heads.head")
            {
                head.weight!.zero_();
                head.bias!.zero_();
            }
            else if (module is Linear hidden)
            {
                nn.init.xavier_uniform_(hidden.weight!);
                hidden.bias!.normal_(0, SmallBias);
            }
        }
    }
}
