using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Images;

namespace FineTune.Experiment;

/// <summary>What a model says about one image, or why it says nothing.</summary>
/// <param name="Path">The image.</param>
/// <param name="Label">The likeliest class.</param>
/// <param name="Probabilities">A class and its probability, in the order of the model's outputs.</param>
/// <param name="Problem">One sentence where the image cannot be read; else null.</param>
public sealed record ImageAnswer(
    string Path, string Label, IReadOnlyList<(string Class, double Probability)> Probabilities, string? Problem)
{
    /// <summary>Why a file of a folder is left out, as a clause; null where it is not.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether the model is too unsure to say a class; <see cref="Label"/> is then the likeliest all the same.</summary>
    public bool Abstains { get; init; }

    /// <summary>The probability of the likeliest class.</summary>
    public double Confidence => Probabilities.Max(p => p.Probability);

    /// <summary>The likeliest classes, from the likeliest down; of equals the first.</summary>
    /// <param name="k">How many, if there are as many.</param>
    public IEnumerable<(string Class, double Probability)> Top(int k) => Probabilities.OrderByDescending(p => p.Probability).Take(k);

    /// <summary>The same, abstaining below a confidence.</summary>
    public ImageAnswer AbstainingBelow(double confidence) => this with { Abstains = Confidence < confidence };
}

/// <summary>Names the class of images that are in no dataset.</summary>
public static class ImagePredictor
{
    /// <summary>
    /// Predicts images and the images of folders, in order, each real file once; files of folders that are no images are told as left out.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">Images, or folders of images.</param>
    /// <param name="options">Views and draws; null: the evaluation view.</param>
    /// <param name="limits">What an image may ask for; default <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="FineTuneException">A path does not exist, or a folder cannot be listed.</exception>
    public static IEnumerable<ImageAnswer> Predict(
        IClassifier model, IReadOnlyList<string> paths, InferenceOptions? options = null, ImageLimits? limits = null)
    {
        var classes = model.ClassNames;
        var cache = new DecodedCache(limits: limits);
        var (files, passedOver) = Files(paths);
        foreach (var chunk in files.Chunk(EvaluationLoader.BatchSize))
        {
            var problems = chunk.ToDictionary(f => f.Path, f => Problem(cache, f.Path, f.Given));
            var readable = chunk.Where(f => problems[f.Path] is null).Select(f => new Sample(f.Path, 0)).ToArray();
            var predictions = readable.Length == 0 ? null : model.Predict(readable, cache, options);
            var row = 0;
            foreach (var (path, given) in chunk)
            {
                if (problems[path] is { } problem)
                {
                    yield return given || !problem.NotAnImage
                        ? new ImageAnswer(path, string.Empty, [], problem.Message)
                        : Left(path, problem.Reason);
                    continue;
                }

                var probabilities = predictions!.Row(row).ToArray();
                yield return new ImageAnswer(path, classes[predictions.Predicted(row++)], [.. classes.Zip(probabilities)], null);
            }
        }

        foreach (var answer in passedOver)
            yield return answer;
    }

    private static ImageAnswer Left(string path, string reason) => new(path, string.Empty, [], null) { LeftOut = reason };

    private static ImageException? Problem(DecodedCache cache, string path, bool given)
    {
        // what only lies in a folder is not read as a whole before it looks like an image: it may be a film
        if (!given && !ImageFormats.HasImageEnding(path) && ImageFormats.Sniff(path, out var problem) == ImageFormat.Unknown)
            return new ImageException(path, problem ?? ImageFormats.NoImage) { NotAnImage = true };
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

    /// <summary>
    /// Each file once, and whether it was given by its own name; and what was passed over: one of them again, and what is hidden.
    /// </summary>
    private static (List<(string Path, bool Given)> Files, IReadOnlyList<ImageAnswer> PassedOver) Files(IReadOnlyList<string> paths)
    {
        var walk = new FileWalk();
        foreach (var path in paths.Where(p => !Directory.Exists(p)))
        {
            if (!File.Exists(path))
            {
                var why = RegularFile.NameNotUtf8(path) is { } reason ? $": {reason}" : string.Empty;
                throw new FineTuneException($"There is no image or folder '{path}'{why}.");
            }

            walk.Give(path);
        }

        var folders = walk.Under([.. paths.Where(Directory.Exists).Distinct()]);
        var files = new List<(string, bool)>();
        foreach (var path in paths.Distinct())
        {
            if (folders.TryGetValue(path, out var inside))
                files.AddRange(inside.Select(f => (f, false)));
            else
                files.Add((path, true));
        }

        return (files,
        [
            .. walk.Again.Select(a => Left(a.Path, $"the same as '{a.Original}', which is read already")),
            .. walk.Hidden.Select(path => Left(path, FileWalk.HiddenReason)),
        ]);
    }
}
