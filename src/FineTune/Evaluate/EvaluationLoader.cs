using FineTune.Data;
using FineTune.Models;

namespace FineTune.Evaluate;

/// <summary>A loader of what a network is measured on: a view of each image, in the order of the samples.</summary>
internal static class EvaluationLoader
{
    /// <summary>Images that run through a network at once.</summary>
    public const int BatchSize = 32;

    /// <summary>Bytes of the views that training keeps of its validation images: 1,780 of 224 x 224 pixels.</summary>
    public const long ViewBytes = 1L << 28;

    /// <param name="samples">The images.</param>
    /// <param name="input">What the network wants to see.</param>
    /// <param name="decoded">Shared decoded images.</param>
    /// <param name="view">The view; null: the evaluation view.</param>
    /// <param name="seed">Decides random views.</param>
    /// <param name="batch">Images at once.</param>
    /// <param name="viewBytes">Bytes of views that are kept, where the images are measured on again and again.</param>
    public static Loader Of(
        IReadOnlyList<Sample> samples, Preprocessing input, DecodedCache? decoded = null, TestView? view = null, long seed = 0,
        int batch = BatchSize, long viewBytes = 0) =>
        new(
            samples,
            new LoaderOptions { BatchSize = batch, Seed = seed, Mean = input.Mean, Std = input.Std, ViewBytes = viewBytes },
            (view ?? TestViews.One.Views[0]).Transforms(input),
            decoded);
}
