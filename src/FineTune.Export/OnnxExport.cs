using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Export.Onnx;
using FineTune.Images;
using FineTune.Models;
using FineTune.Models.Graph;
using Google.Protobuf;
using Onnx;
using static TorchSharp.torch;
using Attribute = FineTune.Export.Onnx.Attribute;

namespace FineTune.Export;

/// <summary>
/// Writes networks as ONNX graphs (operator set 17, any batch): input "images" [batch, 3, S, S], output "logits" or "probabilities"
/// [batch, classes]; batch norms are folded. The metadata has the classes and the preprocessing.
/// </summary>
public static class OnnxExport
{
    /// <summary>The name of what goes in, and of what comes out.</summary>
    internal const string Images = "images", Logits = "logits", Probabilities = "probabilities";

    private const int MostBytes = 2_000_000_000; // of a protobuf message

    /// <summary>Writes one network, or an ensemble of several as one graph that averages their probabilities.</summary>
    /// <param name="path">
    /// Where the file goes; written whole or not at all, and only if ONNX Runtime gives the same results from it.
    /// </param>
    /// <param name="members">Of the same classes and preprocessing. Set to evaluation mode.</param>
    /// <param name="classes">Their names, for the metadata; null: not known.</param>
    /// <param name="options">What goes in and comes out; null: the defaults.</param>
    /// <returns>The largest difference between ONNX Runtime's results and the networks', relative to the largest result.</returns>
    /// <exception cref="FineTuneException">
    /// The members differ in classes or preprocessing, one holds a module that cannot be written, ONNX Runtime's results differ,
    /// or the file cannot be written.
    /// </exception>
    public static double Write(string path, IReadOnlyList<Network> members, IReadOnlyList<string>? classes, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        options ??= new OnnxOptions();
        CheckAlike(members);
        foreach (var member in members)
            member.eval();
        var model = Describe(members, classes, options);
        if (model.Graph.Initializer.Sum(i => (long)i.RawData.Length) > MostBytes)
        {
            throw new FineTuneException(
                $"Cannot write '{path}': an ONNX file takes at most {MostBytes} bytes; export fewer members, or with --half.");
        }

        var bytes = model.ToByteArray();
        var difference = OnnxCheck.Compare(path, bytes, members, options);
        AtomicFile.Write(path, bytes);
        return difference;
    }

    /// <summary>The graph and its metadata.</summary>
    internal static ModelProto Describe(IReadOnlyList<Network> members, IReadOnlyList<string>? classes, OnnxOptions options)
    {
        var (graph, input) = (new OnnxGraph(options.Half), members[0].Preprocessing);
        var x = graph.Input(Images, NetworkGraph.Channels, input.InputSize, input.InputSize);
        x = options.Half ? graph.Cast(x, graph.Float) : x;
        x = options.NormalizeInside ? Normalised(graph, input, x) : x;
        string[] views = options.Mirror ? [x, graph.Sliced(x, axis: 3, first: -1, end: long.MinValue, step: -1)] : [x];
        string[] outputs = [.. members.SelectMany(m => views.Select(new NetworkOperators(graph, m).Add))];
        var probabilities = GivesProbabilities(members.Count, options);
        var y = probabilities ? Mean(graph, outputs) : outputs[0];
        y = options.Half ? graph.Cast(y, TensorProto.Types.DataType.Float) : y;
        graph.Output(probabilities ? Probabilities : Logits, y, members[0].Classes);
        return graph.ToModel(Metadata(members, classes, options));
    }

    /// <summary>Whether probabilities come out, and not logits.</summary>
    internal static bool GivesProbabilities(int members, OnnxOptions options) => options.Softmax || options.Mirror || members > 1;

    private static string Normalised(OnnxGraph graph, Preprocessing input, string x)
    {
        using var mean = tensor(input.Mean, [1, input.Mean.Length, 1, 1]);
        using var std = tensor(input.Std, [1, input.Std.Length, 1, 1]);
        return graph.Add("Div", [graph.Add("Sub", [x, graph.Weights("mean", mean)]), graph.Weights("std", std)]);
    }

    private static string Mean(OnnxGraph graph, string[] logits)
    {
        string[] probabilities = [.. logits.Select(l => graph.Add("Softmax", l, Attribute.Of("axis", 1)))];
        return probabilities.Length == 1 ? probabilities[0] : graph.Add("Mean", probabilities);
    }

    private static void CheckAlike(IReadOnlyList<Network> members)
    {
        if (members.Count == 0)
            throw new FineTuneException("There is no network to write.");
        foreach (var other in members.Skip(1))
        {
            var (a, b) = (members[0].Preprocessing, other.Preprocessing);
            if (other.Classes != members[0].Classes)
            {
                throw new FineTuneException(
                    $"The members of an ensemble tell the same classes apart, but one has {members[0].Classes} and one {other.Classes}.");
            }

            if (a.InputSize != b.InputSize || !a.Mean.SequenceEqual(b.Mean) || !a.Std.SequenceEqual(b.Std))
            {
                throw new FineTuneException(
                    "The members of one graph take the same input, but these differ in its size, mean or standard deviation.");
            }
        }
    }

    private static Dictionary<string, string> Metadata(IReadOnlyList<Network> members, IReadOnlyList<string>? classes, OnnxOptions options)
    {
        var p = members[0].Preprocessing;
        var metadata = new Dictionary<string, string>
        {
            ["model"] = string.Join(" + ", members.Select(m => m.GetName())),
            ["preprocessing"] = new JsonObject
            {
                ["resize"] = p.ResizeTo,
                ["interpolation"] = p.Interpolation.Word(),
                ["input_size"] = p.InputSize,
                ["channels"] = "RGB",
                ["range"] = new JsonArray(0, 1),
                ["mean"] = new JsonArray([.. p.Mean.Select(v => (JsonNode?)v)]),
                ["std"] = new JsonArray([.. p.Std.Select(v => (JsonNode?)v)]),
                ["normalized_inside"] = options.NormalizeInside,
            }.ToJsonString(),
        };
        if (classes is not null)
            metadata["classes"] = JsonSerializer.Serialize(classes);
        return metadata;
    }
}
