using FineTune.Data;
using FineTune.Engine;
using FineTune.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Evaluate;

/// <summary>Runs a network over images in inference mode.</summary>
public static class Predictor
{
    /// <summary>The network's probabilities for every image of a loader, in the order of its samples.</summary>
    /// <param name="network">Set to inference mode.</param>
    /// <param name="loader">Images, not shuffled.</param>
    /// <param name="classes">Names of the outputs.</param>
    /// <param name="progress">Told the images done after each batch.</param>
    /// <param name="draws">Averages over draws of its stochastic layers; null: they are marginalised.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    /// <exception cref="FineTuneException">The network's output is not finite, or an image cannot be read.</exception>
    public static Predictions Predict(
        Network network,
        Loader loader,
        IReadOnlyList<string> classes,
        IProgress<int>? progress = null,
        MonteCarlo? draws = null,
        CancellationToken cancellation = default) => Predict([network], loader, classes, progress, draws, cancellation: cancellation)[0];

    /// <summary>
    /// The same of several networks for the same images, which are loaded once; what the networks share is computed once.
    /// </summary>
    /// <param name="networks">At least one, of the same input and classes.</param>
    /// <param name="loader">Images, not shuffled.</param>
    /// <param name="classes">Names of the outputs.</param>
    /// <param name="progress">Told the images done after each batch.</param>
    /// <param name="draws">Averages over draws of their stochastic layers; null: they are marginalised.</param>
    /// <param name="epoch">Decides the loader's random views.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static IReadOnlyList<Predictions> Predict(
        IReadOnlyList<Network> networks,
        Loader loader,
        IReadOnlyList<string> classes,
        IProgress<int>? progress = null,
        MonteCarlo? draws = null,
        long epoch = 0,
        CancellationToken cancellation = default) => Predict(networks, loader, classes, progress, draws, epoch, null, cancellation);

    private static IReadOnlyList<Predictions> Predict(
        IReadOnlyList<Network> networks,
        Loader loader,
        IReadOnlyList<string> classes,
        IProgress<int>? progress,
        MonteCarlo? draws,
        long epoch,
        PredictionShares? shares,
        CancellationToken cancellation)
    {
        foreach (var network in networks)
        {
            network.eval();
            draws?.Prepare(network);
        }

        var (first, mine, done) = (shares?.First ?? 0, shares?.Count ?? loader.Samples.Count, 0);
        var probabilities = networks.Select(_ => new double[(long)mine * classes.Count]).ToArray();
        using var _ = inference_mode();
        using var joint = new JointForward(networks, share: draws is null);
        var device = networks[0].parameters().First().device;
        foreach (var batch in loader.Epoch(epoch, shares?.FirstBatch ?? 0, batches: shares?.Batches))
        {
            using (batch)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                using var images = ToTensor(batch, device);
                var (at, count) = (done * classes.Count, batch.Count * classes.Count);
                for (var pass = 0; pass < (draws?.Passes ?? 1); pass++)
                {
                    draws?.Begin(pass, first + done);
                    joint.Run(
                        images, (m, logits) => Add(logits, 1.0 / (draws?.Passes ?? 1), classes.Count, probabilities[m].AsSpan(at, count)));
                }

                foreach (var part in probabilities)
                {
                    for (var i = 0; i < batch.Count; i++)
                        RequireFinite(part.AsSpan(at + (i * classes.Count), classes.Count), batch.Sample(i));
                }

                done += batch.Count;
                progress?.Report((int)((long)done * loader.Samples.Count / mine));
            }
        }

        long[] labels = [.. loader.Samples.Select(s => (long)s.Label)];
        return [.. probabilities.Select(p => new Predictions(classes, labels, shares?.Gather(p, classes.Count) ?? p))];
    }

    /// <summary>The same over views of each image, whose probabilities are averaged.</summary>
    /// <param name="networks">At least one, of the same input and classes.</param>
    /// <param name="samples">The images.</param>
    /// <param name="decoded">Decoded images, shared with others.</param>
    /// <param name="classes">Names of the outputs.</param>
    /// <param name="options">Views and draws.</param>
    /// <param name="progress">Told the images done.</param>
    public static IReadOnlyList<Predictions> Predict(
        IReadOnlyList<Network> networks,
        IReadOnlyList<Sample> samples,
        DecodedCache decoded,
        IReadOnlyList<string> classes,
        InferenceOptions options,
        IProgress<int>? progress = null)
    {
        var views = options.Views.Views;
        var shares = PredictionShares.Of(options.Ranks, networks, samples);
        IReadOnlyList<Predictions>? mean = null;
        for (var v = 0; v < views.Count; v++)
        {
            var before = v * samples.Count;
            var loader = EvaluationLoader.Of(samples, networks[0].Preprocessing, decoded, views[v], options.Seed);
            var tell = progress is null ? null : new Relay<int>(done => progress.Report((before + done) / views.Count));
            var seen = Predict(networks, loader, classes, tell, options.Draws, views[v].Draw, shares, CancellationToken.None);
            if (views.Count == 1)
                return seen;
            mean ??= [.. seen.Select(p => p with { Probabilities = new double[p.Probabilities.Length] })];
            foreach (var (sum, p) in mean.Zip(seen))
            {
                for (var k = 0; k < p.Probabilities.Length; k++)
                    sum.Probabilities[k] += p.Probabilities[k] / views.Count;
            }
        }

        return mean!;
    }

    /// <summary>Refuses probabilities of logits that were not finite.</summary>
    /// <exception cref="FineTuneException">They were not.</exception>
    internal static void RequireFinite(ReadOnlySpan<double> row, Sample sample)
    {
        if (double.IsNaN(row[0]))
        {
            throw new FineTuneException(
                $"The network's output for '{sample.Path}' is not finite; its weights are damaged, or its learning rate was too high.");
        }
    }

    /// <summary>Adds a share of one pass's probabilities to [N, classes] of them.</summary>
    private static void Add(Tensor output, double share, int classes, Span<double> probabilities)
    {
        using var scope = NewDisposeScope();
        var logits = TensorValues.Of<float>(output.cpu().contiguous());
        var row = new double[classes];
        for (var at = 0; at < logits.Length; at += classes)
        {
            Predictions.Softmax(logits.Slice(at, classes), row);
            for (var k = 0; k < classes; k++)
                probabilities[at + k] += share * row[k];
        }
    }

    /// <summary>Whole numbers on a device: [n] int64.</summary>
    internal static Tensor ToTensor(long[] values, Device device)
    {
        var here = tensor(values);
        return device.type == DeviceType.CPU ? here : here.to(device, disposeAfter: true);
    }

    /// <summary>A batch's pixels on a device: [N, 3, H, W] float32.</summary>
    internal static Tensor ToTensor(Batch batch, Device device)
    {
        var images = empty([batch.Count, 3, batch.Height, batch.Width], ScalarType.Float32);
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(batch.Pixels.Span).CopyTo(images.bytes);
        return device.type == DeviceType.CPU ? images : images.to(device, disposeAfter: true);
    }
}
