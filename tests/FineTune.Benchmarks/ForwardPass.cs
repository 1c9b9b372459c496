using System.Diagnostics;
using System.Globalization;
using FineTune.Engine;
using FineTune.Models;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>Passes of a batch of images through a network in evaluation, in turns (<see cref="Turns"/>), on two threads.</summary>
internal static class ForwardPass
{
    private const int Classes = 1000, Threads = 2;

    /// <summary>As the toolkit evaluates. Args: a name of the zoo, the batch.</summary>
    public static void Run(string[] args)
    {
        set_num_threads(Threads);
        using var network = Zoo.Create(args[0], Classes);
        network.eval();
        using var images = Images(network.Preprocessing.InputSize, args[1]);
        using var mode = inference_mode();
        Turns.Answer(() =>
        {
            var start = Stopwatch.GetTimestamp();
            using var scope = NewDisposeScope();
            _ = TensorValues.Of<float>(network.ForwardFrom(0, images).contiguous())[0];
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    /// <summary>By ONNX Runtime. Args: an exported file, the batch.</summary>
    public static void RunOnnx(string[] args)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = Threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(args[0], settings);
        using var images = Images(session.InputMetadata["images"].Dimensions[3], args[1]);
        using var input = OrtValue.CreateTensorValueFromMemory(TensorValues.Of<float>(images).ToArray(), images.shape);
        using var options = new RunOptions();
        string[] outputs = [.. session.OutputMetadata.Keys];
        Turns.Answer(() =>
        {
            var start = Stopwatch.GetTimestamp();
            using var results = session.Run(options, ["images"], [input], outputs);
            _ = results[0].GetTensorDataAsSpan<float>()[0];
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    private static Tensor Images(int side, string batch) => randn([int.Parse(batch, CultureInfo.InvariantCulture), 3, side, side]);
}
