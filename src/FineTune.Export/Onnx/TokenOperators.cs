using FineTune.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using LayerNorm = FineTune.Models.Layers.LayerNorm;

namespace FineTune.Export.Onnx;

/// <summary>The operators of sequences, layer norms and attention.</summary>
internal static class TokenOperators
{
    /// <summary>Adds a layer; the name of its output.</summary>
    /// <exception cref="FineTuneException">It is a module of the application: nothing is known of what it computes.</exception>
    public static string Add(OnnxGraph graph, Layer layer, string key, nn.Module? module, string x, long[] shape) => layer switch
    {
        LayerNorm norm => graph.Add(
            "LayerNormalization",
            [
                x,
                graph.Weights($"{key}.weight", module!.get_parameter("weight")!),
                graph.Weights($"{key}.bias", module.get_parameter("bias")!),
            ],
            Attribute.Of("axis", -1),
            Attribute.Of("epsilon", norm.Eps)),
        ChannelsLast => graph.Turned(x, 0, 2, 3, 1),
        ChannelsFirst => graph.Turned(x, 0, 3, 1, 2),
        Sequence => graph.Turned(graph.Shaped(x, 0, shape[0], shape[1] * shape[2]), 0, 2, 1),
        ClassToken token => graph.Add("Concat", [Repeated(graph, key, module!.get_parameter(token.Name)!, x), x], Attribute.Of("axis", 1)),
        Positions positions => graph.Add("Add", [x, graph.Weights(key, module!.get_parameter(positions.Name)!)]),
        LayerScale scale => graph.Add("Mul", [x, graph.Weights(key, module!.get_parameter(scale.Name)!)]),
        FirstToken => graph.Add("Gather", [x, graph.Index(0)], Attribute.Of("axis", 1)),
        MergedPatches => Merged(graph, x, shape),
        Attention attention => Attend(graph, attention, key, module!, x, shape),
        WindowAttention attention => AttendInWindows(graph, attention, key, (WindowAttention.Module)module!, x, shape),
        _ => throw new FineTuneException(
            $"'{key}' is a module of the application: what it computes cannot be written as ONNX; "
            + "export with --format pth or safetensors."),
    };

    /// <summary>A parameter [1, 1, C] once for each image of the batch.</summary>
    private static string Repeated(OnnxGraph graph, string key, Tensor token, string x)
    {
        var batch = graph.Sliced(graph.Add("Shape", x), 0, 0, 1);
        var shape = graph.Add("Concat", [batch, graph.Integers([.. token.shape[1..]])], Attribute.Of("axis", 0));
        return graph.Add("Expand", [graph.Weights(key, token), shape]);
    }

    private static string Merged(OnnxGraph graph, string x, long[] shape) // [N, H, W, C] -> [N, H / 2, W / 2, 4 C]
    {
        x = graph.Add("Pad", [x, graph.Integers(0, 0, 0, 0, 0, shape[0] % 2, shape[1] % 2, 0)]);
        string[] parts = [Part(0, 0), Part(1, 0), Part(0, 1), Part(1, 1)];
        return graph.Add("Concat", parts, Attribute.Of("axis", 3));

        string Part(long row, long column) => graph.Sliced(graph.Sliced(x, 1, row, long.MaxValue, 2), 2, column, long.MaxValue, 2);
    }

    private static string Attend(OnnxGraph graph, Attention layer, string key, nn.Module module, string x, long[] shape) // [N, T, C]
    {
        var (t, c, heads) = (shape[0], shape[1], layer.Heads);
        using var weight = module.get_parameter("in_proj_weight")!.t();
        var qkv = graph.Add("MatMul", [x, graph.Weights($"{key}.in_proj_weight_t", weight)]);
        qkv = graph.Add("Add", [qkv, graph.Weights($"{key}.in_proj_bias", module.get_parameter("in_proj_bias")!)]);
        qkv = graph.Turned(graph.Shaped(qkv, 0, t, 3, heads, c / heads), 2, 0, 3, 1, 4); // [3, N, heads, T, d]
        var mixed = graph.Turned(Mixed(graph, qkv, c / heads, [0, 1, 3, 2], null), 0, 2, 1, 3);
        var projection = module.named_modules().Select(m => m.module).OfType<Linear>().Single();
        return LayerOperators.Multiply(graph, $"{key}.out_proj", projection, graph.Shaped(mixed, 0, t, c), 2);
    }

    private static string AttendInWindows(
        OnnxGraph graph, WindowAttention layer, string key, WindowAttention.Module module, string x, long[] shape) // [N, H, W, C]
    {
        var (h, w, c, size, heads) = (shape[0], shape[1], shape[2], layer.Window, layer.Heads);
        var (rows, columns, down, right) = layer.Layout(h, w);
        x = graph.Add("Pad", [x, graph.Integers(0, 0, 0, 0, 0, (rows * size) - h, (columns * size) - w, 0)]);
        x = Rolled(graph, Rolled(graph, x, 1, down), 2, right);
        x = graph.Turned(graph.Shaped(x, 0, rows, size, columns, size, c), 0, 1, 3, 2, 4, 5);
        x = graph.Shaped(x, 0, rows * columns, size * size, c);
        var qkv = LayerOperators.Multiply(graph, $"{key}.qkv", module.Qkv, x, 3);
        qkv = graph.Shaped(qkv, 0, rows * columns, size * size, 3, heads, c / heads);
        qkv = graph.Turned(qkv, 3, 0, 1, 4, 2, 5); // [3, N, windows, heads, T, d]
        using var bias = module.Bias(rows, columns, down, right);
        var mixed = Mixed(graph, qkv, c / heads, [0, 1, 2, 4, 3], graph.Weights($"{key}.bias", bias));
        x = graph.Shaped(graph.Turned(mixed, 0, 1, 3, 2, 4), 0, rows, columns, size, size, c);
        x = LayerOperators.Multiply(graph, $"{key}.proj", module.Projection, x, 5);
        x = graph.Shaped(graph.Turned(x, 0, 1, 3, 2, 4, 5), 0, rows * size, columns * size, c);
        x = Rolled(graph, Rolled(graph, x, 1, (rows * size) - down), 2, (columns * size) - right);
        return graph.Sliced(graph.Sliced(x, 1, 0, h), 2, 0, w);

        string Rolled(OnnxGraph g, string v, long axis, long first) =>
            first == 0 || first == (axis == 1 ? rows : columns) * size
                ? v
                : g.Add("Concat", [g.Sliced(v, axis, first, long.MaxValue), g.Sliced(v, axis, 0, first)], Attribute.Of("axis", axis));
    }

    /// <summary>softmax(Q K^T / sqrt(d) + bias) V of [3, ..., T, d].</summary>
    private static string Mixed(OnnxGraph graph, string qkv, long width, long[] turn, string? bias)
    {
        var (q, k, v) = (Part(0), Part(1), Part(2));
        var scaled = graph.Add("Mul", [q, graph.Scalar(1 / Math.Sqrt(width))]);
        var products = graph.Add("MatMul", [scaled, graph.Turned(k, turn)]);
        products = bias is null ? products : graph.Add("Add", [products, bias]);
        return graph.Add("MatMul", [graph.Add("Softmax", products, Attribute.Of("axis", -1)), v]);

        string Part(long index) => graph.Add("Gather", [qkv, graph.Index(index)], Attribute.Of("axis", 0));
    }
}
