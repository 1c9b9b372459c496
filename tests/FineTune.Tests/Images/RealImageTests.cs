using System.Security.Cryptography;
using FineTune.Images;

namespace FineTune.Tests.Images;

public sealed class RealImageTests
{
    [SkippableFact]
    public void Every_photograph_of_hymenoptera_equals_Pillow_as_decoded_and_at_256()
    {
        var folder = Repo.Shared is { } shared ? Path.Combine(shared, "real", "datasets", "hymenoptera") : null;
        Skip.IfNot(Directory.Exists(folder), "shared/real/datasets/hymenoptera is not beside the checkout");
        var rows = ImageGoldens.Table("hymenoptera.tsv");
        var names = Directory.EnumerateFiles(folder!, "*.jpg", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder!, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .ToArray();
        names.Length.ShouldBe(ImageGoldens.Int(rows[0][1]));

        var hashes = names.AsParallel().AsOrdered().Select(name =>
        {
            var image = ImageFile.Load(Path.Combine(folder!, name));
            return (Name: name, Whole: ImageGoldens.Sha(image), Small: ImageGoldens.Sha(Resize.ShorterSide(image, 256)));
        }).ToArray();

        foreach (var row in rows[1..])
            hashes.ShouldContain((row[0], row[3], row[4]));
        OfAll(hashes.Select(h => h.Whole)).ShouldBe(rows[0][3]);
        OfAll(hashes.Select(h => h.Small)).ShouldBe(rows[0][4]);
    }

    private static string OfAll(IEnumerable<string> hashes) =>
        Convert.ToHexStringLower(SHA256.HashData(hashes.SelectMany(Convert.FromHexString).ToArray()));
}
