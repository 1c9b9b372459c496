using System.Text.Json;
using FineTune.Images;

namespace FineTune.Tests.Augment;

/// <summary>The images that scripts/goldens/augment.py wrote.</summary>
internal static class AugmentGoldens
{
    private static readonly JsonElement Index = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Augment/cases.json"))).RootElement;
    private static readonly byte[] Pixels = File.ReadAllBytes(Repo.Goldens("Augment/pixels.bin"));

    public static JsonElement Boxes => Index.GetProperty("boxes");

    /// <summary>Names that begin with <paramref name="word"/>, with the numbers that follow it.</summary>
    public static IEnumerable<(string Name, double[] Numbers)> Cases(string word) => Index.GetProperty("cases").EnumerateArray()
        .Select(c => c.GetProperty("name").GetString()!)
        .Where(n => n.Split(' ')[0] == word)
        .Select(n => (n, n.Split(' ')[1..].Select(double.Parse).ToArray()));

    public static RgbImage Image(string name)
    {
        var found = Index.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var (width, height, offset) =
            (found.GetProperty("width").GetInt32(), found.GetProperty("height").GetInt32(), found.GetProperty("offset").GetInt32());
        return new RgbImage(width, height, Pixels[offset..(offset + (3 * width * height))]);
    }
}
