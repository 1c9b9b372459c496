using FineTune.Images;
using FineTune.Models;
using FineTune.Transfer.Heads;

namespace FineTune.Export;

/// <summary>The few lines beside an exported file that say how it is used in Python and in C#.</summary>
public static class ExportReadme
{
    /// <summary>The ending that is added to the exported file's name.</summary>
    public const string Ending = ".README.md";

    /// <summary>Of a .pth or safetensors file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="network">What was exported.</param>
    /// <param name="classes">Names of its outputs; null: not known.</param>
    /// <param name="safetensors">Whether it is safetensors, not .pth.</param>
    public static string OfWeights(string file, Network network, IReadOnlyList<string>? classes, bool safetensors)
    {
        var model = network.GetName();
        var read = safetensors ? $"safetensors.torch.load_file(\"{file}\")" : $"torch.load(\"{file}\", weights_only=True)";
        var more = model is "googlenet" or "inception_v3" ? ", aux_logits=False, init_weights=False" : string.Empty;
        var python = IsTorchvisions(network)
            ? $"model = torchvision.models.{model}(num_classes={network.Classes}{more}).eval(); model.load_state_dict({read})"
            : $"weights = {read} # for your own module with these keys";
        var csharp = $"using var model = WeightsSession.OpenModel(\"{model}\", \"{file}\");";
        return Text(file, $"the weights of {model}", network.Preprocessing, classes, normalised: true, python, csharp);
    }

    /// <summary>Of an ONNX file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="members">What was exported.</param>
    /// <param name="classes">Names of its outputs; null: not known.</param>
    /// <param name="options">How.</param>
    public static string OfOnnx(string file, IReadOnlyList<Network> members, IReadOnlyList<string>? classes, OnnxOptions options)
    {
        var what = members.Count == 1
            ? $"{members[0].GetName()} as an ONNX graph"
            : $"an ensemble of {members.Count} networks as one ONNX graph";
        var output = OnnxExport.GivesProbabilities(members.Count, options) ? OnnxExport.Probabilities : OnnxExport.Logits;
        return Text(
            file,
            what,
            members[0].Preprocessing,
            classes,
            !options.NormalizeInside,
            $"{output} = onnxruntime.InferenceSession(\"{file}\").run(None, {{\"{OnnxExport.Images}\": images}})[0]",
            $"var {output} = new InferenceSession(\"{file}\")"
                + $".Run([NamedOnnxValue.CreateFromTensor(\"{OnnxExport.Images}\", images)])[0].AsTensor<float>();");
    }

    /// <summary>Whether torchvision has the model, and the head is the linear one that it has.</summary>
    private static bool IsTorchvisions(Network network) => !network.Metadata.ContainsKey(HeadForm.Key)
        && Zoo.Models.FirstOrDefault(m => m.Name == network.GetName()) is { IsTorchvisions: true };

    private static string Text(
        string file, string what, Preprocessing input, IReadOnlyList<string>? classes, bool normalised, string python, string csharp)
    {
        var resize = input.ResizeTo is { } side
            ? $"the shorter side resized to {side} ({input.Interpolation.Word()}), the central {input.InputSize} x {input.InputSize}"
            : $"{input.InputSize} x {input.InputSize}";
        var mean = FormattableString.Invariant($"minus mean {string.Join(", ", input.Mean)}, ")
            + FormattableString.Invariant($"divided by std {string.Join(", ", input.Std)}");
        var range = normalised ? $"in 0..1, {mean}" : "in 0..1 (the graph normalises them)";
        var names = classes is null ? string.Empty : $"\nClasses, in the order of the outputs: {string.Join(", ", classes)}.\n";
        return $"""
            # {file}: {what}

            Images: [batch, 3, {input.InputSize}, {input.InputSize}], RGB, {resize}, {range}.
            {names}
            Python: `{python}`

            C#: `{csharp}`

            """;
    }
}
