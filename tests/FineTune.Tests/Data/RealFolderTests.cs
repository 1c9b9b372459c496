using FineTune.Augment;
using FineTune.Data;

namespace FineTune.Tests.Data;

public sealed class RealFolderTests
{
    [SkippableFact]
    public void Hymenoptera_is_read_as_it_is()
    {
        Skip.If(Repo.Shared is null, "shared/real is not here");
        var data = ImageFolder.Open(Path.Combine(Repo.Shared, "real", "datasets", "hymenoptera"));
        data.Classes.ShouldBe(["ants", "bees"]);
        data.ValidationDrawn.ShouldBeFalse();
        data.LeftOut.Select(f => Path.GetExtension(f.Path)).ShouldBe([".gif"]);

        var cache = new DecodedCache(64 << 20);
        var found = Inspector.Inspect(data, new InspectOptions { Cache = cache });
        found.Unreadable.ShouldBeEmpty();
        found.Counts["train"].Values.Sum().ShouldBe(244);
        found.Counts["val"].Values.Sum().ShouldBe(153);
        cache.Bytes.ShouldBeInRange(32 << 20, 64 << 20);

        var clean = found.Screen(data, OnBadFile.Fail);
        var loader = new Loader(clean.Split("val"), new LoaderOptions { BatchSize = 32 }, Augmentations.Evaluation(224, 256), cache);
        foreach (var batch in loader.Epoch(0))
        {
            (batch.Height, batch.Width).ShouldBe((224, 224));
            batch.Dispose();
        }
    }
}
