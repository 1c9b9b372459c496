using FineTune.Augment;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Images;

namespace FineTune.Experiment;

/// <summary>What a model says about one image, or why it cannot be read.</summary>
/// <param name="Path">The image.</param>
/// <param name="Label">The likeliest class.</param>
/// <param name="Probabilities">A class and its probability, in the order of the model's outputs.</param>
/// <param name="Problem">One sentence where the image cannot be read; else null.</param>
public sealed record ImageAnswer(string Path, string Label, IReadOnlyList<(string Class, double Probability)> Probabilities, string? Problem);

/// <summary>Names the class of images that are in no dataset.</summary>
public static class ImagePredictor
{
    private const int BatchSize = 32;

    /// <summary>Predicts images and the images of folders, in order; files of folders that are no images are left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">Images, or folders of images.</param>
    /// <param name="draws">Averages over draws of the stochastic layers; null: they are marginalised.</param>
    /// <exception cref="FineTuneException">A path does not exist.</exception>
    public static IEnumerable<ImageAnswer> Predict(LoadedModel model, IReadOnlyList<string> paths, MonteCarlo? draws = null)
    {
        var classes = model.Classes ?? [.. Enumerable.Range(0, (int)model.Network.Classes).Select(k => FormattableString.Invariant($"class{k}"))];
        var cache = new DecodedCache();
        foreach (var chunk in Files(paths).Chunk(BatchSize))
        {
            var problems = chunk.ToDictionary(f => f.Path, f => Problem(cache, f.Path));
            var readable = chunk.Where(f => problems[f.Path] is null).Select(f => new Sample(f.Path, 0)).ToArray();
            var predictions = readable.Length == 0 ? null : Predictor.Predict(model.Network, Loader(model, readable, cache), classes, draws: draws);
            var row = 0;
            foreach (var (path, given) in chunk)
            {
                if (problems[path] is not { } problem)
                {
                    var probabilities = predictions!.Row(row).ToArray();
                    yield return new ImageAnswer(path, classes[predictions.Predicted(row++)], [.. classes.Zip(probabilities)], null);
                }
                else if (given || !problem.NotAnImage)
                {
                    yield return new ImageAnswer(path, string.Empty, [], problem.Message);
                }
            }
        }
    }

    private static Loader Loader(LoadedModel model, Sample[] samples, DecodedCache cache)
    {
        var p = model.Network.Preprocessing;
        return new Loader(samples, new LoaderOptions { BatchSize = BatchSize, Mean = p.Mean, Std = p.Std }, Augmentations.Evaluation(p.InputSize, p.ResizeTo), cache);
    }

    private static ImageException? Problem(DecodedCache cache, string path)
    {
        try
        {
            cache.Load(path);
            return null;
        }
        catch (ImageException e)
        {
            return e;
        }
    }

    /// <summary>Each file once, and whether it was given by its own name.</summary>
    private static IEnumerable<(string Path, bool Given)> Files(IReadOnlyList<string> paths)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(seen.Add))
                    yield return (file, false);
            }
            else if (!File.Exists(path))
            {
                throw new FineTuneException($"There is no image or folder '{path}'.");
            }
            else if (seen.Add(path))
            {
                yield return (path, true);
            }
        }
    }
}
