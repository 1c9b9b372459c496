using FineTune.Data;
using FineTune.Evaluate;

namespace FineTune.Experiment;

/// <summary>What tells images apart: a model, or several that are combined.</summary>
public interface IClassifier : IDisposable
{
    /// <summary>Names of its outputs; class0, class1 ... where its weights name none.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Where it is from, for messages.</summary>
    string Source { get; }

    /// <summary>What was left out of its weights, chosen or renamed, a sentence each.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>What it says about images, in their order.</summary>
    /// <param name="samples">The images.</param>
    /// <param name="decoded">Decoded images, shared with others.</param>
    /// <param name="options">Views and draws; null: the evaluation view.</param>
    /// <param name="progress">Told the images done.</param>
    /// <exception cref="FineTuneException">An output is not finite, or an image cannot be read.</exception>
    Predictions Predict(
        IReadOnlyList<Sample> samples, DecodedCache decoded, InferenceOptions? options = null, IProgress<int>? progress = null);
}
