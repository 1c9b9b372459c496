using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Evaluate;
using Microsoft.ML.OnnxRuntime;

namespace FineTune.Benchmarks;

/// <summary>What an exported ONNX graph says of images: a line of JSON each, as `finetune predict --json` has it.</summary>
internal static class OnnxPredict
{
    /// <summary>Args: a graph that takes normalised images, and images.</summary>
    public static void Run(string[] args)
    {
        using var session = new InferenceSession(args[0]);
        var metadata = session.ModelMetadata.CustomMetadataMap;
        var classes = JsonSerializer.Deserialize<string[]>(metadata["classes"])!;
        var input = JsonNode.Parse(metadata["preprocessing"])!;
        var (mean, std) = (input["mean"].Deserialize<float[]>()!, input["std"].Deserialize<float[]>()!);
        var view = Augmentations.Evaluation(input["input_size"]!.GetValue<int>(), input["resize"]?.GetValue<int>());
        var loader = new Loader(
            [.. args[1..].Select(p => new Sample(p, 0))], new LoaderOptions { BatchSize = 1, Mean = mean, Std = std }, view);
        using var options = new RunOptions();
        var (row, next) = (new double[classes.Length], 1);
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                using var images = OrtValue.CreateTensorValueFromMemory(batch.Pixels.ToArray(), [1, 3, batch.Height, batch.Width]);
                using var results = session.Run(options, ["images"], [images], [.. session.OutputMetadata.Keys]);
                Predictions.Softmax(results[0].GetTensorDataAsSpan<float>(), row);
                var probabilities = new JsonObject(classes.Zip(row, (c, p) => KeyValuePair.Create(c, (JsonNode?)p)));
                Console.WriteLine(new JsonObject { ["path"] = args[next++], ["probabilities"] = probabilities }.ToJsonString());
            }
        }
    }
}
