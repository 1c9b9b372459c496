using FineTune.Data;
using FineTune.Models;

namespace FineTune.Evaluate;

/// <summary>A loader of what a network is measured on: a view of each image, in the order of the samples.</summary>
internal static class EvaluationLoader
{
    /// <summary>Images that run through a network at once.</summary>
    public const int BatchSize = 32;

    /// <param name="samples">The images.</param>
    /// <param name="input">What the network wants to see.</param>
    /// <param name="decoded">Shared decoded images.</param>
    /// <param name="view">The view; null: the evaluation view.</param>
    /// <param name="seed">Decides random views.</param>
    /// <param name="batch">Images at once.</param>
    public static Loader Of(
        IReadOnlyList<Sample> samples, Preprocessing input, DecodedCache? decoded = null, TestView? view = null, long seed = 0,
        int batch = BatchSize) =>
        new(
            samples,
            new LoaderOptions { BatchSize = batch, Seed = seed, Mean = input.Mean, Std = input.Std },
            (view ?? TestViews.One.Views[0]).Transforms(input),
            decoded);
}
