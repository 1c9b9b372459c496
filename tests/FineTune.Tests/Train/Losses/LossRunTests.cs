using FineTune.Augment;
using FineTune.Data;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Tests.Train.Losses;

/// <summary>Losses and sampling in runs, on three classes of 12, 5 and 2 images.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class LossRunTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public LossRunTests()
    {
        foreach (var (name, kept) in new[] { ("fish", 5), ("jellyfish", 2) })
        {
            foreach (var file in Directory.GetFiles(Path.Combine(_tiny.Data, "train", name)).Order(StringComparer.Ordinal).Skip(kept))
                File.Delete(file);
        }
    }

    [Theory]
    [InlineData("cross-entropy", 0)]
    [InlineData("cross-entropy", 0.1)]
    [InlineData("focal", 0)]
    [InlineData("focal", 0.1)]
    public void Parts_of_a_batch_sum_to_its_weighted_mean(string name, double smoothing)
    {
        var weighted = new NamedSpec(name).With("class_weights", "balanced");
        var (loss, gradient) = OneStep(weighted, smoothing, 1);
        var (plainLoss, plain) = OneStep(new NamedSpec(name), smoothing, 1);
        foreach (var parts in new[] { 2, 5, 19 }) // sorted by class: the parts' weights differ, and one part has fewer images
        {
            var (sum, accumulated) = OneStep(weighted, smoothing, parts);
            sum.ShouldBe(loss, 1e-6 * loss);
            Distance(accumulated, gradient).ShouldBeLessThan(1e-6 * Distance(gradient));
        }

        Distance(plain, gradient).ShouldBeGreaterThan(0.1 * Distance(gradient)); // else no weight was at work
        Math.Abs(plainLoss - loss).ShouldBeGreaterThan(1e-3 * loss);
    }

    [Fact]
    public void Weights_losses_and_sampling_each_end_in_other_bits_and_resume_in_the_same()
    {
        var recipe = _tiny.Recipe with { Epochs = 2, Snapshots = 0 };
        var focal = recipe with { Loss = new NamedSpec("focal").With("class_weights", "balanced"), Sampling = Sampling.Balanced };
        Recipe[] recipes =
        [
            recipe,
            recipe with { Loss = new NamedSpec("focal") },
            recipe with { Loss = new NamedSpec("cross-entropy").With("class_weights", "balanced") },
            recipe with { Sampling = Sampling.Balanced },
            focal,
        ];
        var ends = recipes.Select((r, i) => _tiny.Start(r, _tiny.Folder($"{i}")).FinalWeights).ToArray();
        ends.Distinct().Count().ShouldBe(recipes.Length);

        _tiny.StartAndStop(focal, _tiny.Folder("stopped"), 4); // within the second epoch
        _tiny.Start(focal, _tiny.Folder("stopped"), resume: true).FinalWeights.ShouldBe(ends[^1]);
    }

    public void Dispose() => _tiny.Dispose();

    /// <summary>
    /// Loss and gradient of the head on all images, in order of class. Below it batch norm is in inference mode: an image sees no other.
    /// </summary>
    private (double Loss, float[] Gradient) OneStep(NamedSpec loss, double smoothing, int accumulate)
    {
        var recipe = _tiny.Recipe with
        {
            Trainable = "head",
            Cache = "off",
            Head = new HeadOptions(),
            Augment = AugmentSpec.Of("none"),
            Batch = 19,
            Loss = loss,
            LabelSmoothing = smoothing,
            Gradient = new GradientOptions { Accumulate = accumulate },
        };
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("none"));
        var parts = experiment.Parts;
        var p = parts.Network.Preprocessing;
        var options = new LoaderOptions { BatchSize = 19, Mean = p.Mean, Std = p.Std };
        var source = new ImageSource(
            new Loader(parts.Training.Samples, options, Augmentations.Evaluation(p.InputSize, p.ResizeTo)), parts.Line, CPU);
        parts.Line.Train();
        var (value, _) = new BatchStep(parts with { Training = source }).Take(source.Epoch(0, 0).Single(), 0, 0, lr: 0, momentum: null);
        return (value, parts.Vector.G.data<float>().ToArray());
    }

    private static double Distance(float[] a, float[]? b = null) => Math.Sqrt(a.Select((x, i) => Math.Pow(x - (b?[i] ?? 0), 2)).Sum());
}
