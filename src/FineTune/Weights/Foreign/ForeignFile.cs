using System.Text;
using System.Text.RegularExpressions;

namespace FineTune.Weights;

/// <summary>Files that hold weights in another form, or none: what they are, and what to do, as a clause.</summary>
internal static partial class ForeignFile
{
    /// <summary>How many of a file's first bytes are looked at: a tar says what it is at byte 257.</summary>
    public const int StartBytes = 512;

    private const string SavedModel = "\u0008\u0001\u0012"; // version 1 of the schema, then graphs

    private const string Read = ".pth files of torch.save and safetensors are read";

    /// <summary>A file by its first bytes; <paramref name="path"/> tells where those of every kind are alike.</summary>
    public static string Sentence(ReadOnlySpan<byte> start, string path)
    {
        var text = Encoding.Latin1.GetString(start);
        return Page(text.TrimStart().ToUpperInvariant())
            ?? Array(text)
            ?? Network(text)
            ?? Packed(text, path)
            ?? TensorFlowCheckpoint(path)
            ?? (start[0] == PickleOp.Proto
                ? $"it is a pickle that torch.save did not write, or the start of one; {Read}"
                : $"it is of no known format; {Read}");
    }

    /// <summary>A folder that was given for a file; null where it is nothing known.</summary>
    public static string? Folder(string path) => File.Exists(Path.Combine(path, "saved_model.pb"))
        ? $"it is a folder with a TensorFlow SavedModel; {ForeignWords.OtherLayers}"
        : null;

    private static string? Page(string text) => text switch
    {
        _ when Begins(text, "VERSION HTTPS://GIT-LFS") => "it is a Git LFS pointer, not the weights; fetch them with 'git lfs pull'",
        _ when Begins(text, "<!DOCTYPE") || Begins(text, "<HTML") => "it is a web page, not weights; the download failed",
        _ => null,
    };

    private static string? Array(string text) => text switch
    {
        _ when Begins(text, "\u0093NUMPY") => $"it is one NumPy array without a name; save the network's state dict, {ForeignWords.Save}",
        _ when Begins(text, "\u0089HDF\r\n\u001a\n") => $"it is an HDF5 file, as Keras writes; {ForeignWords.OtherLayers}",
        _ when Begins(text, "GGUF") => $"it is a GGUF file, the form of language models for llama.cpp; {Read}",
        _ when Flax().IsMatch(text) => $"it is MessagePack, as Flax writes; {ForeignWords.OtherLayers}",
        _ => null,
    };

    private static string? Network(string text) => text switch
    {
        _ when text.Length > 8 && text[4..8] == "TFL3" => $"it is a TensorFlow Lite model; {ForeignWords.OtherLayers}",
        _ when Begins(text, SavedModel) => $"it is a TensorFlow SavedModel; {ForeignWords.OtherLayers}",
        _ when Onnx().IsMatch(text) =>
            $"it is an ONNX model, whose tensors need not have the network's names; save the weights it was made from, {ForeignWords.Save}",
        _ => null,
    };

    private static string? Packed(string text, string path) => text switch
    {
        _ when Begins(text, "\u001f\u008b") => $"it is compressed by gzip; unpack it first: gunzip '{Shown(path)}'",
        _ when text.Length > 262 && text[257..262] == "ustar" => OldTorch().IsMatch(text)
            ? "it is of torch before 0.2; if you trust it, save it again, in Python: "
                + $"torch.save(torch.load('{Shown(path)}', weights_only=False), 'weights.pth')"
            : $"it is a tar of files; unpack it first: tar -xf '{Shown(path)}'",
        _ => null,
    };

    private static string? TensorFlowCheckpoint(string path) => Checkpoint().IsMatch(path)
        ? $"it is a part of a TensorFlow checkpoint; {ForeignWords.OtherLayers}"
        : null;

    private static bool Begins(string text, string start) => text.StartsWith(start, StringComparison.Ordinal);

    private static string Shown(string path) => WeightException.Printable(Path.GetFileName(path));

    // ModelProto: its version (field 1, below 32), then the producer's name, version or domain, the model's version or notes, or the graph.
    [GeneratedRegex(@"\A\x08[\x01-\x1f][\x12\x1a\x22\x28\x32\x3a\x42]")]
    private static partial Regex Onnx();

    // A map of up to 15 entries, whose first key is a short text such as "params".
    [GeneratedRegex(@"\A[\x81-\x8f](?:[\xa1-\xbf][a-z_][a-z_0-9]*|\xa1[0-9])")]
    private static partial Regex Flax();

    [GeneratedRegex(@"\A(?:\./)?(?:sys_info|pickle|storages|tensors)\x00")]
    private static partial Regex OldTorch();

    [GeneratedRegex(@"\.(?:index|meta|data-[0-9]{5}-of-[0-9]{5})\z")]
    private static partial Regex Checkpoint();
}
