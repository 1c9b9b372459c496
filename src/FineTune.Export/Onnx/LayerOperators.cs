using FineTune.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AveragePool = FineTune.Models.Layers.AveragePool;
using BatchNorm = FineTune.Models.Layers.BatchNorm;
using Convolution = FineTune.Models.Layers.Convolution;

namespace FineTune.Export.Onnx;

/// <summary>The operators of convolutions, norms, activations, pools and joins: one line or two a layer.</summary>
internal static class LayerOperators
{
    /// <summary>Adds a layer; the name of its output.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="layer">What it is.</param>
    /// <param name="key">Its name in the state dict, which its weights keep.</param>
    /// <param name="module">Its module.</param>
    /// <param name="x">Names of its inputs.</param>
    /// <param name="shapes">Their shapes, without the batch.</param>
    public static string Add(OnnxGraph graph, Layer layer, string key, nn.Module? module, string[] x, long[][] shapes) => layer switch
    {
        Convolution conv => Convolve(graph, conv, key, ((Conv2d)module!).weight!, ((Conv2d)module!).bias, x[0]),
        BatchNorm => Norm(graph, key, (BatchNorm2d)module!, ((BatchNorm2d)module!).eps, x[0]),
        FeatureNorm => Norm(graph, key, (BatchNorm1d)module!, ((BatchNorm1d)module!).eps, x[0]),
        Activation activation => Activate(graph, activation.Kind, x[0]),
        Drop => x[0],
        Dense => Multiply(graph, key, (Linear)module!, x[0], shapes[0].Length),
        Flat => graph.Add("Flatten", x[0], Attribute.Of("axis", 1)),
        MaxPool pool => Pool(graph, "MaxPool", (pool.Kernel, pool.Stride, pool.Padding), shapes[0], layer.Shape(shapes), x[0]),
        AveragePool pool => Pool(
            graph,
            "AveragePool",
            (pool.Kernel, pool.Stride, pool.Padding),
            shapes[0],
            layer.Shape(shapes),
            x[0],
            Attribute.Of("count_include_pad", 1)),
        AdaptiveAveragePool pool => Adaptive(graph, pool.Side, shapes[0], x[0]),
        Sum => graph.Add("Add", x),
        Scale => graph.Add("Mul", x),
        Concatenation => graph.Add("Concat", x, Attribute.Of("axis", 1)),
        Slice slice => graph.Sliced(x[0], 1, slice.First, slice.First + slice.Count),
        Shuffle shuffle => Shuffled(graph, shuffle.Groups, shapes[0], x[0]),
        PaddedShortcut shortcut => graph.Add(
            "Pad",
            [
                graph.Sliced(graph.Sliced(x[0], 2, 0, long.MaxValue, 2), 3, 0, long.MaxValue, 2),
                graph.Integers(0, shortcut.NewChannels / 2, 0, 0, 0, shortcut.NewChannels / 2, 0, 0),
            ]),
        _ => TokenOperators.Add(graph, layer, key, module, x[0], shapes[0]),
    };

    /// <summary>A convolution.</summary>
    public static string Convolve(OnnxGraph graph, Convolution conv, string key, Tensor weight, Tensor? bias, string x)
    {
        List<string> inputs = [x, graph.Weights($"{key}.weight", weight)];
        if (bias is not null)
            inputs.Add(graph.Weights($"{key}.bias", bias));
        return graph.Add(
            "Conv",
            inputs,
            Attribute.Of("kernel_shape", conv.Kernel.H, conv.Kernel.W),
            Attribute.Of("strides", conv.Stride, conv.Stride),
            Attribute.Of("pads", conv.Padding.H, conv.Padding.W, conv.Padding.H, conv.Padding.W),
            Attribute.Of("dilations", conv.Dilation, conv.Dilation),
            Attribute.Of("group", conv.Groups));
    }

    /// <summary>A linear layer on the last axis.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="key">Its name in the state dict.</param>
    /// <param name="linear">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="axes">Of its input, without the batch.</param>
    public static string Multiply(OnnxGraph graph, string key, Linear linear, string x, int axes)
    {
        var bias = linear.bias is null ? null : graph.Weights($"{key}.bias", linear.bias);
        if (axes == 1)
        {
            string[] inputs = [x, graph.Weights($"{key}.weight", linear.weight!), .. bias is null ? Array.Empty<string>() : [bias]];
            return graph.Add("Gemm", inputs, Attribute.Of("transB", 1));
        }

        using var transposed = linear.weight!.t();
        var product = graph.Add("MatMul", [x, graph.Weights($"{key}.weight_t", transposed)]);
        return bias is null ? product : graph.Add("Add", [product, bias]);
    }

    private static string Norm(OnnxGraph graph, string key, nn.Module norm, double eps, string x)
    {
        string[] values = [.. new[] { "weight", "bias" }.Select(n => graph.Weights($"{key}.{n}", norm.get_parameter(n)!))];
        string[] statistics = [.. new[] { "running_mean", "running_var" }.Select(n => graph.Weights($"{key}.{n}", norm.get_buffer(n)!))];
        return graph.Add("BatchNormalization", [x, .. values, .. statistics], Attribute.Of("epsilon", eps));
    }

    private static string Activate(OnnxGraph graph, ActivationKind kind, string x) => kind switch
    {
        ActivationKind.Relu => graph.Add("Relu", x),
        ActivationKind.Relu6 => graph.Add("Clip", [x, graph.Scalar(0), graph.Scalar(6)]),
        ActivationKind.LeakyRelu => graph.Add("LeakyRelu", x, Attribute.Of("alpha", Activation.Slope)),
        ActivationKind.Silu => graph.Add("Mul", [x, graph.Add("Sigmoid", x)]),
        ActivationKind.HardSwish => graph.Add("HardSwish", x),
        ActivationKind.HardSigmoid => graph.Add("HardSigmoid", x, Attribute.Of("alpha", 1.0 / 6), Attribute.Of("beta", 0.5)),
        ActivationKind.Sigmoid => graph.Add("Sigmoid", x),
        _ => Gelu(graph, x),
    };

    /// <summary>x (1 + erf(x / sqrt(2))) / 2.</summary>
    private static string Gelu(OnnxGraph graph, string x)
    {
        var erf = graph.Add("Erf", graph.Add("Div", [x, graph.Scalar(Math.Sqrt(2))]));
        return graph.Add("Mul", [graph.Add("Mul", [x, graph.Add("Add", [erf, graph.Scalar(1)])]), graph.Scalar(0.5)]);
    }

    /// <summary>A pool whose padding behind is what its output needs: a rule for rounding up is then not needed.</summary>
    private static string Pool(
        OnnxGraph graph,
        string op,
        (long Kernel, long Stride, long Padding) window,
        long[] from,
        long[] to,
        string x,
        params global::Onnx.AttributeProto[] more)
    {
        var (kernel, stride, padding) = window;
        long[] behind = [.. new[] { 1, 2 }.Select(axis => Math.Max(0, ((to[axis] - 1) * stride) + kernel - from[axis] - padding))];
        return graph.Add(
            op,
            x,
            [
                Attribute.Of("kernel_shape", kernel, kernel),
                Attribute.Of("strides", stride, stride),
                Attribute.Of("pads", padding, padding, behind[0], behind[1]),
                .. more,
            ]);
    }

    /// <summary>
    /// The mean of Side regions an axis: products with the matrices of the regions' means, unless there is one or one a pixel.
    /// </summary>
    private static string Adaptive(OnnxGraph graph, long side, long[] shape, string x)
    {
        var (rows, columns) = (shape[1], shape[2]);
        if (side == 1)
            return graph.Add("GlobalAveragePool", x);
        if (rows == side && columns == side)
            return x;
        using var above = Means(side, rows);
        using var below = Means(side, columns);
        using var right = below.t();
        return graph.Add("MatMul", [graph.Add("MatMul", [graph.Weights("means", above), x]), graph.Weights("means", right)]);
    }

    /// <summary>[side, length]: row k has the mean of floor(k length / side) .. ceil((k + 1) length / side).</summary>
    private static Tensor Means(long side, long length)
    {
        var means = new float[side, length];
        for (var k = 0L; k < side; k++)
        {
            var (first, end) = (k * length / side, (((k + 1) * length) + side - 1) / side);
            for (var i = first; i < end; i++)
                means[k, i] = 1f / (end - first);
        }

        return tensor(means);
    }

    private static string Shuffled(OnnxGraph graph, long groups, long[] shape, string x)
    {
        var (c, h, w) = (shape[0], shape[1], shape[2]);
        var split = graph.Shaped(x, 0, groups, c / groups, h, w);
        return graph.Shaped(graph.Turned(split, 0, 2, 1, 3, 4), 0, c, h, w);
    }
}
