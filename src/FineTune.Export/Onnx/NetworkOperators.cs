using FineTune.Engine;
using FineTune.Models;
using FineTune.Models.Graph;
using FineTune.Regularize;
using FineTune.Transfer.Heads;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Convolution = FineTune.Models.Layers.Convolution;

namespace FineTune.Export.Onnx;

/// <summary>Adds the inference form of a network to a graph: batch norms folded, layers that draw as they are in evaluation.</summary>
/// <param name="graph">The graph.</param>
/// <param name="network">In evaluation mode.</param>
internal sealed class NetworkOperators(OnnxGraph graph, Network network)
{
    /// <summary>Adds it; the name of the logits.</summary>
    /// <param name="images">Normalised images [N, 3, S, S].</param>
    /// <exception cref="FineTuneException">A module of the application is in it.</exception>
    public string Add(string images)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var size = network.Preprocessing.InputSize;
        var (x, shape) = (images, new[] { NetworkGraph.Channels, size, size });
        foreach (var stage in network.Stages)
            (x, shape) = Steps(stage.Steps, string.Empty, x, shape);
        return x;
    }

    private (string Name, long[] Shape) Steps(IReadOnlyList<Step> steps, string prefix, string input, long[] inputShape)
    {
        var values = new List<(string Name, long[] Shape)>();
        foreach (var form in InferenceForm.Of(steps))
        {
            var x = form.Inputs.Select(i => i < 0 ? (Name: input, Shape: inputShape) : values[i]).ToArray();
            values.Add(One(form, prefix + form.Step.Key, [.. x.Select(v => v.Name)], [.. x.Select(v => v.Shape)]));
        }

        return values[^1];
    }

    private (string Name, long[] Shape) One(FormStep form, string key, string[] x, long[][] shapes)
    {
        var step = form.Step;
        if (form.Norm is not null && step.Layer is Convolution conv)
        {
            var (weight, bias) = InferenceForm.Fold((Conv2d)step.Module!, form.Norm);
            using (weight)
            using (bias)
                return (LayerOperators.Convolve(graph, conv, key, weight, bias, x[0]), conv.Shape(shapes));
        }

        return step.Substitute switch
        {
            null => Plain(step, key, x, shapes),
            TestScaledDropout dropout => (graph.Add("Mul", [x[0], graph.Scalar(dropout.Kept)]), shapes[0]),
            DropConnect => Plain(step, key, x, shapes),
            ConcatPool2d => (Both(x[0]), [2 * shapes[0][0]]),
            FractionalMaxPool pool => Fractional(pool, x[0], shapes[0]),
            var other => throw new FineTuneException(
                $"The layer {other.GetName()} in place of a pool cannot be written as ONNX; export with --format pth or safetensors."),
        };
    }

    private (string Name, long[] Shape) Plain(Step step, string key, string[] x, long[][] shapes) => step.Module switch
    {
        DescribedModule described => Steps(described.Steps, $"{key}.", x[0], shapes[0]),
        CosineHead => (Cosine(key, step.Module, x[0]), [step.Module.get_parameter("weight")!.size(0)]),
        _ => (LayerOperators.Add(graph, step.Layer, key, step.Holder, x, shapes), step.Layer.Shape(shapes)),
    };

    /// <summary>The largest and the mean of each channel.</summary>
    private string Both(string x)
    {
        string[] pools = [graph.Add("GlobalMaxPool", x), graph.Add("GlobalAveragePool", x)];
        return graph.Add("Concat", [.. pools.Select(p => graph.Add("Flatten", p, Attribute.Of("axis", 1)))], Attribute.Of("axis", 1));
    }

    /// <summary>The largest of each region: over the k-th pixels of all regions, for each k, by rows and then by columns.</summary>
    private (string Name, long[] Shape) Fractional(FractionalMaxPool pool, string x, long[] shape)
    {
        long[] pooled = [.. shape];
        for (var axis = 0; axis < 2; axis++)
        {
            var (starts, size) = pool.Regions(shape[1 + axis], axis);
            string[] pixels = [.. Enumerable.Range(0, (int)size).Select(k => graph.Add(
                "Gather", [x, graph.Integers(Array.ConvertAll(starts, s => s + k))], Attribute.Of("axis", 2 + axis)))];
            x = pixels.Length == 1 ? pixels[0] : graph.Add("Max", pixels);
            pooled[1 + axis] = starts.Length;
        }

        return (x, pooled);
    }

    /// <summary>s cos(x, w_k), with the directions of the classes at length 1.</summary>
    private string Cosine(string key, nn.Module head, string x)
    {
        var weight = head.get_parameter("weight")!;
        var directions = (weight / weight.Power(2).sum(1, keepdim: true).Plus(CosineHead.Eps).sqrt() * head.get_parameter("scale")!).t();
        var squares = graph.Add("ReduceSumSquare", x, Attribute.Of("axes", [1L]), Attribute.Of("keepdims", 1));
        var length = graph.Add("Sqrt", graph.Add("Add", [squares, graph.Scalar(CosineHead.Eps)]));
        return graph.Add("MatMul", [graph.Add("Div", [x, length]), graph.Weights($"{key}.directions_t", directions)]);
    }
}
