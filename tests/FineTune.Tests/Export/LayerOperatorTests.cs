using FineTune.Export;
using FineTune.Export.Onnx;
using FineTune.Models;
using FineTune.Models.Graph;
using FineTune.Models.Layers;
using FineTune.Tests.Models;
using FineTune.Tests.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Export;

/// <summary>Layers at sizes at which their formulas differ: odd ones, with padding, with windows that do not fit.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class LayerOperatorTests : IDisposable
{
    private static readonly Preprocessing Odd = new(19, null, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Kinds => [.. Layers.Keys];

    private static Dictionary<string, Func<Value, Value>> Layers { get; } = new()
    {
        ["max pool, rounded up"] = x => x.MaxPool(3, 2, ceil: true),
        ["max pool, rounded up and padded"] = x => x.MaxPool(2, 2, 1, ceil: true),
        ["average pool with padding"] = x => x.AveragePool(3, 2, 1),
        ["regions of two sizes"] = x => x.AdaptiveAveragePool(7),
        ["regions of one size"] = x => x.AdaptiveAveragePool(19),
        ["a convolution in groups, with a stride"] = x => x.Conv("conv", 12, 5, stride: 3, padding: 1, groups: 6, bias: true),
        ["a norm without a convolution"] = x => x.Norm("norm", eps: 1e-2).Relu(),
        ["channels shuffled"] = x => x.Then(new Shuffle(3)),
        ["channels cut out"] = x => x.Then(new Slice(1, 4)),
        ["a shortcut of zeros"] = x => x.PaddedShortcut(10),
        ["squeeze and excitation"] = x => x.SqueezeExcite("se", 2, ActivationKind.Silu, ActivationKind.HardSigmoid),
        ["a layer norm of a map"] = x => x.LayerNormOfMap("norm", 1e-3),
        ["patches merged at an odd size"] = x => x.Then(new ChannelsLast()).Then(new MergedPatches()).Then(new ChannelsFirst()),
        ["windows that do not fit"] = x => Windowed(x, 4, 0),
        ["windows that are shifted"] = x => Windowed(x, 4, 2),
        ["one window that is larger"] = x => Windowed(x, 20, 10),
        ["a sequence with a class token"] = x =>
            x.Then(new Sequence()).Then(new ClassToken("token", 6), "token").Then(new Positions("places", 362, 6), "places")
                .Then(new Attention(6, 2), "attention").Then(new FirstToken()).Then(new FeatureNorm(6), "norm"),
        ["relu 6"] = x => x.Activate(ActivationKind.Relu6),
        ["leaky relu"] = x => x.Activate(ActivationKind.LeakyRelu),
        ["silu"] = x => x.Activate(ActivationKind.Silu),
        ["hard swish"] = x => x.Activate(ActivationKind.HardSwish),
        ["hard sigmoid"] = x => x.Activate(ActivationKind.HardSigmoid),
        ["sigmoid"] = x => x.Activate(ActivationKind.Sigmoid),
        ["gelu"] = x => x.Activate(ActivationKind.Gelu),
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_layer_is_the_same_in_ONNX_Runtime(string kind)
    {
        manual_seed(3);
        var x = new GraphBuilder(kind, Odd).Input("stem").Conv("first", 6, 3, bias: true);
        using var network = new Network(Layers[kind](x).Begin("head").Flat().Dense("fc", 5).Finish(Initialisations.None));
        ModelGoldens.Fill(network);
        OnnxExport.Write(_scratch.File("m.onnx"), [network], null).ShouldBeLessThan(OnnxCheck.Tolerance);
    }

    private static Value Windowed(Value x, long window, long shift) =>
        x.Then(new ChannelsLast()).Then(new WindowAttention(6, 3, window, shift), "attention").Then(new ChannelsFirst());
}
