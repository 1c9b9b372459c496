using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Images;

namespace FineTune.Experiment;

/// <summary>A run or a saved ensemble, opened to be measured and used.</summary>
public interface IResultSession
{
    /// <summary>Which weights it is of, for reports: best, last, or the method of an ensemble.</summary>
    string Weights { get; }

    /// <summary>The images that it was made from.</summary>
    RunImages Images { get; }

    /// <summary>SHA-256 of all images that it learned from.</summary>
    IReadOnlySet<string> TrainedOn { get; }

    /// <summary>
    /// Whether it is recorded in its folder that its test images are measured on. Default: true; of several ranks the first alone does so.
    /// </summary>
    bool RecordsTests { get; init; }

    /// <summary>What an image may ask for.</summary>
    ImageLimits Limits { get; }

    /// <summary>What is to be known of what was opened so far, a sentence each.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>What it predicts by; the caller's to free.</summary>
    /// <exception cref="FineTuneException">There is nothing yet, or it is damaged.</exception>
    IClassifier OpenResult();

    /// <summary>Its images.</summary>
    /// <param name="split">train, val, test or all; null: the one that training watched.</param>
    /// <exception cref="FineTuneException">There is no such split, or none of its images is there.</exception>
    (string Split, IReadOnlyList<Sample> Samples) Samples(string? split = null);

    /// <summary>SHA-256 of the files of some of its images, in lower-case hexadecimal.</summary>
    /// <param name="samples">Images of <see cref="Samples"/>.</param>
    IReadOnlyList<string> HashesOf(IReadOnlyList<Sample> samples);

    /// <summary>How to look at images, by the words of the command line.</summary>
    /// <param name="views">As <see cref="TestViews.Parse"/> takes them; null: what the result does by itself.</param>
    /// <param name="passes">Draws of the stochastic layers; null: none.</param>
    InferenceOptions Inference(string? views, int? passes);

    /// <summary>What a classifier says about images of this session, in the order of their classes.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="samples">The images.</param>
    /// <param name="options">Views and draws; null: the evaluation view.</param>
    /// <param name="progress">Told the images done.</param>
    /// <exception cref="FineTuneException">It tells other classes apart.</exception>
    Predictions Predict(
        IClassifier model, IReadOnlyList<Sample> samples, InferenceOptions? options = null, IProgress<int>? progress = null);
}
