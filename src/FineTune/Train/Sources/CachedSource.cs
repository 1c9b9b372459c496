using FineTune.Data;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train.Sources;

/// <summary>What lies at the freeze line, from a cache, through the layers above it.</summary>
/// <param name="loader">Decides the order; its images are read by the cache alone.</param>
/// <param name="cache">The boundary.</param>
/// <param name="line">Where learning starts.</param>
/// <param name="mine">What this rank computes of a batch; null: all.</param>
internal sealed class CachedSource(Loader loader, BoundaryCache cache, FreezeLine line, Func<int, Range>? mine = null) : ITrainingSource
{
    public IReadOnlyList<Sample> Samples => loader.Samples;

    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    public void Prepare(long epoch, CancellationToken stop) => _ = cache.Epoch(epoch, stop);

    public IEnumerable<TrainBatch> Epoch(long epoch, int firstBatch)
    {
        var boundary = cache.Epoch(epoch); // [n, ...]
        foreach (var indices in loader.Plan(epoch).Skip(firstBatch))
        {
            var part = mine?.Invoke(indices.Length) ?? Range.All;
            using var rows = Predictor.ToTensor(Array.ConvertAll(indices[part], i => (long)i), boundary.device);
            var labels = Predictor.ToTensor(Array.ConvertAll(indices, i => (long)loader.Samples[i].Label), boundary.device);
            yield return new TrainBatch(boundary.index_select(0, rows), labels, indices, part.Start.Value);
        }
    }

    public Tensor Forward(Tensor input) => line.Network.ForwardFrom(line.Stage, input);
}

/// <summary>Validation from the cached boundary: no image is touched after the first time.</summary>
/// <param name="samples">The images, in order.</param>
/// <param name="cache">Their boundary, one view.</param>
/// <param name="line">Its network predicts.</param>
/// <param name="classes">Names of the outputs.</param>
internal sealed class CachedValidation(IReadOnlyList<Sample> samples, BoundaryCache cache, FreezeLine line, IReadOnlyList<string> classes)
    : IValidationSource
{
    public const int Rows = 256; // a run through the upper layers; keeps deep boundaries within memory

    public IReadOnlyList<Sample> Samples => samples;

    /// <summary>Where the cache ends and learning starts.</summary>
    public FreezeLine Line => line;

    /// <summary>The boundary of the images, [n, ...]; owned by the cache.</summary>
    public Tensor Boundary => cache.Epoch(0);

    public Predictions Predict()
    {
        line.Network.eval();
        var boundary = cache.Epoch(0);
        var probabilities = new double[(long)samples.Count * classes.Count];
        using var _ = no_grad();
        for (var at = 0; at < samples.Count; at += Rows)
        {
            using var scope = NewDisposeScope();
            var n = Math.Min(Rows, samples.Count - at);
            var logits = TensorValues.Of<float>(line.Network.ForwardFrom(line.Stage, boundary.narrow(0, at, n)).cpu().contiguous());
            for (var i = 0; i < n; i++)
            {
                var row = probabilities.AsSpan((at + i) * classes.Count, classes.Count);
                Predictions.Softmax(logits.Slice(i * classes.Count, classes.Count), row);
                Predictor.RequireFinite(row, samples[at + i]);
            }
        }

        return new Predictions(classes, [.. samples.Select(s => (long)s.Label)], probabilities);
    }
}
