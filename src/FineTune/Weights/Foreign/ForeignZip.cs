using System.Buffers.Binary;
using System.Text;

namespace FineTune.Weights;

/// <summary>Zip files that torch.save did not write: what they are by the names of their entries, and what to do, as a clause.</summary>
internal static class ForeignZip
{
    private const int EntrySize = 46;
    private const string Python = "in Python: ";

    /// <summary>What a zip file with these entries is; null where torch.save may have written it.</summary>
    /// <param name="names">Of its entries.</param>
    /// <param name="path">The file.</param>
    public static string? Sentence(IReadOnlyList<string> names, string path)
    {
        var file = WeightException.Printable(Path.GetFileName(path));
        return names switch
        {
            _ when Has("constants.pkl") =>
                $"it is a TorchScript program; save its state dict, {Python}"
                + $"torch.save(torch.jit.load('{file}', 'cpu').state_dict(), 'weights.pth')",
            _ when Has("serialized_exported_program.json") || Has("archive_format") =>
                $"it is a program of torch.export; save its state dict, {Python}"
                + $"torch.save(dict(torch.export.load('{file}').state_dict), 'weights.pth')",
            _ when Has("model.weights.h5") => $"it is a Keras model; {ForeignWords.OtherLayers}",
            _ when Has("saved_model.pb") => $"it is a packed TensorFlow SavedModel; {ForeignWords.OtherLayers}",
            { Count: > 0 } when names.All(n => n.EndsWith(".npy", StringComparison.Ordinal)) =>
                $"it is NumPy's .npz; save its arrays as tensors, {Python}"
                + $"torch.save({{k: torch.from_numpy(v) for k, v in numpy.load('{file}').items()}}, 'weights.pth')",
            _ => null,
        };

        bool Has(string entry) => names.Any(n => n[(n.LastIndexOf('/') + 1)..] == entry);
    }

    /// <summary>The names in a zip file's directory, up to where it is damaged.</summary>
    public static IReadOnlyList<string> Names(ReadOnlySpan<byte> directory)
    {
        var names = new List<string>();
        while (directory.Length >= EntrySize)
        {
            int name = U16(directory, 28), rest = U16(directory, 30) + U16(directory, 32);
            if (directory.Length - EntrySize < name + rest)
                break;
            names.Add(Encoding.UTF8.GetString(directory.Slice(EntrySize, name)));
            directory = directory[(EntrySize + name + rest)..];
        }

        return names;
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
