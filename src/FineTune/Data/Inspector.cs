using System.Security.Cryptography;
using FineTune.Images;

namespace FineTune.Data;

/// <summary>Reads, hashes and decodes every file of a dataset once, in parallel.</summary>
public static class Inspector
{
    /// <summary>Inspects <paramref name="dataset"/>. An unreadable file is a finding, not an exception.</summary>
    /// <param name="dataset">What to inspect.</param>
    /// <param name="options">Threads, limits, and a cache to fill.</param>
    /// <param name="progress">Told after each file, from any thread.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static Inspection Inspect(
        Dataset dataset, InspectOptions? options = null, IProgress<InspectProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new InspectOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Workers, nameof(options));
        var all = dataset.Splits.SelectMany(s => s.Value.Select(sample => (Split: s.Key, Sample: sample))).ToArray();
        var files = new InspectedFile[all.Length];
        var (done, bad) = (0, 0);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Workers, CancellationToken = cancellation };
        Parallel.For(0, all.Length, parallel, i =>
        {
            var (split, sample) = all[i];
            files[i] = Inspect(dataset, split, sample, options.Cache);
            if (files[i].Problem is not null)
                Interlocked.Increment(ref bad);
            progress?.Report(new InspectProgress(Interlocked.Increment(ref done), all.Length, Volatile.Read(ref bad)));
        });

        Array.Sort(files, (a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (dataset.Draw is { } draw)
            Draw(files, draw);
        return new Inspection
        {
            Root = dataset.Root,
            Classes = dataset.Classes,
            Files = files,
            LeftOut =
            [
                .. dataset.LeftOut
                    .Concat(files.Where(f => f.NotAnImage).Select(f => new LeftOutFile(f.Path, f.Problem!)))
                    .OrderBy(f => f.Path, StringComparer.Ordinal),
            ],
            Ignored = dataset.Ignored,
            ValidationDrawn = dataset.ValidationDrawn,
        };
    }

    /// <summary>Draws the validation split anew from what can be read. Copies of an image go where the first of them goes.</summary>
    private static void Draw(InspectedFile[] files, SplitDraw draw)
    {
        bool Takes(InspectedFile f) => f.Problem is null && f.Split is SplitName.Train or SplitName.Validation;
        var validation = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in files.Where(Takes).GroupBy(f => f.Class))
        {
            var images = group.GroupBy(f => f.Sha256).ToDictionary(copies => copies.First().Path, copies => copies.ToArray());
            if (images.Count > 1)
                validation.UnionWith(draw.Draw(images.Keys).SelectMany(first => images[first]).Select(f => f.Path));
        }

        for (var i = 0; i < files.Length; i++)
        {
            if (Takes(files[i]))
                files[i] = files[i] with { Split = validation.Contains(files[i].Path) ? SplitName.Validation : SplitName.Train };
        }
    }

    private static InspectedFile Inspect(Dataset dataset, string split, Sample sample, DecodedCache? cache)
    {
        var limits = cache?.Limits ?? ImageLimits.Default;
        var file = new InspectedFile(
            dataset.Relative(sample.Path), split, dataset.Classes[sample.Label], 0, string.Empty, null, 0, 0, null, false);
        try
        {
            var stamp = DecodedCache.Stamp.Of(sample.Path);
            if (stamp.Length > limits.MaxFileBytes)
            {
                file = file with { Bytes = stamp.Length };
                if (stamp.Length <= Array.MaxLength) // a longer one is read under no limit
                {
                    using var stream = RegularFile.OpenStream(sample.Path);
                    file = file with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(stream)) };
                }

                ImageFile.Identify(sample.Path, limits); // says so in its own words
                return file;
            }

            var bytes = RegularFile.Bytes(sample.Path);
            file = file with { Bytes = bytes.LongLength, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
            var info = ImageFile.Identify(bytes, file.Path, limits);
            var image = ImageFile.Decode(bytes, file.Path, limits);
            cache?.Keep(sample.Path, stamp, image);
            return file with { Format = ImageFormats.Name(info.Format), Width = image.Width, Height = image.Height };
        }
        catch (ImageException e)
        {
            return file with { Problem = e.Reason, NotAnImage = e.NotAnImage };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return file with { Problem = RegularFile.Reason(sample.Path, e, "the file does not exist") };
        }
    }
}
