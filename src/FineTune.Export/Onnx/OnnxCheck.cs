using System.Globalization;
using FineTune.Engine;
using FineTune.Models;
using FineTune.Models.Graph;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FineTune.Export.Onnx;

/// <summary>Runs a graph with ONNX Runtime and holds its results against the networks' own.</summary>
internal static class OnnxCheck
{
    /// <summary>The largest difference that passes, relative to the largest result; in float16 numbers have 11 bits.</summary>
    public const double Tolerance = 1e-4, HalfTolerance = 2e-2;

    private static readonly int[] Batches = [1, 3];

    /// <summary>The largest difference of its results on random images, relative to the largest result.</summary>
    /// <param name="path">What the file is called in a message.</param>
    /// <param name="model">The file's content.</param>
    /// <param name="members">The networks.</param>
    /// <param name="options">How it was written.</param>
    /// <exception cref="FineTuneException">The difference is above the tolerance, or ONNX Runtime cannot run the graph.</exception>
    public static double Compare(string path, byte[] model, IReadOnlyList<Network> members, OnnxOptions options)
    {
        var largest = 0.0;
        try
        {
            using var settings = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            using var session = new InferenceSession(model, settings);
            foreach (var batch in Batches)
            {
                using var scope = NewDisposeScope();
                var images = Images(batch, members[0].Preprocessing, options);
                largest = Math.Max(largest, Difference(Run(session, images), Expected(images, members, options)));
            }
        }
        catch (OnnxRuntimeException e)
        {
            var reason = e.Message.ReplaceLineEndings(" ");
            throw new FineTuneException($"'{path}' is not written: ONNX Runtime cannot run the graph ({reason}).", e);
        }

        var tolerance = options.Half ? HalfTolerance : Tolerance;
        return largest <= tolerance // not where it is NaN
            ? largest
            : throw new FineTuneException(
                $"'{path}' is not written: ONNX Runtime's results differ from the network's by {Short(largest)} of the largest; "
                + $"at most {Short(tolerance)} is allowed.");
    }

    private static string Short(double number) => number.ToString("0.0e+0", CultureInfo.InvariantCulture);

    private static Tensor Images(int batch, Preprocessing input, OnnxOptions options)
    {
        var generator = new Generator(0);
        long[] shape = [batch, NetworkGraph.Channels, input.InputSize, input.InputSize];
        return options.NormalizeInside ? rand(shape, generator: generator) : randn(shape, generator: generator);
    }

    private static float[] Run(InferenceSession session, Tensor images)
    {
        var name = session.OutputMetadata.Keys.Single();
        using var input = OrtValue.CreateTensorValueFromMemory(TensorValues.Of<float>(images).ToArray(), images.shape);
        using var options = new RunOptions();
        using var results = session.Run(options, [OnnxExport.Images], [input], [name]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] Expected(Tensor images, IReadOnlyList<Network> members, OnnxOptions options)
    {
        using var _ = inference_mode();
        var p = members[0].Preprocessing;
        var x = options.NormalizeInside
            ? (images - tensor(p.Mean, [1, p.Mean.Length, 1, 1])) / tensor(p.Std, [1, p.Std.Length, 1, 1])
            : images;
        Tensor[] views = options.Mirror ? [x, x.flip(3)] : [x];
        Tensor[] outputs = [.. members.SelectMany(m => views.Select(v => Logits(m, v)))];
        var result = OnnxExport.GivesProbabilities(members.Count, options) ? stack(outputs).softmax(2).mean([0]) : outputs[0];
        return TensorValues.Of<float>(result.contiguous()).ToArray();
    }

    private static Tensor Logits(Network network, Tensor images) =>
        network.Layers(0, network.Stages.Count, images.to(network.parameters().First().device)).cpu();

    private static double Difference(float[] found, float[] expected)
    {
        var scale = expected.Max(MathF.Abs);
        return found.Length == expected.Length
            ? found.Zip(expected, (a, b) => Math.Abs(a - (double)b)).Max() / scale
            : double.PositiveInfinity;
    }
}
