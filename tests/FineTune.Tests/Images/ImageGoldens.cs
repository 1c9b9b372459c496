using System.Globalization;
using System.Security.Cryptography;
using FineTune.Images;

namespace FineTune.Tests.Images;

/// <summary>The files and tables that scripts/goldens/images.py writes.</summary>
internal static class ImageGoldens
{
    public static string Folder { get; } = Repo.Goldens("Images");

    public static string File(string name) => Path.Combine(Folder, name);

    public static string[][] Table(string name) =>
        System.IO.File.ReadAllLines(File(name)).Select(line => line.Split('\t')).ToArray();

    /// <summary>The small encoded files, at most a few KB each.</summary>
    public static string[] Files() => Table("pixels.tsv").Select(row => row[0]).ToArray();

    public static string Sha(RgbImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Pixels));

    public static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static float Float(string text) => float.Parse(text, CultureInfo.InvariantCulture);
}
