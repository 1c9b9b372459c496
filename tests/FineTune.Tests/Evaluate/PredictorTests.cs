using FineTune.Augment;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Tests.Data;
using static TorchSharp.torch;

namespace FineTune.Tests.Evaluate;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class PredictorTests : IDisposable
{
    private readonly ImageTree _tree = new ImageTree().Images("a", 3);
    private readonly Network _network = Zoo.Create("cifar_resnet20", 2);

    [Fact]
    public void Images_are_predicted_in_order_whatever_the_batch()
    {
        var one = Predict(1);
        one.Labels.ShouldBe([0, 1, 0]);
        var all = Predict(3);
        all.Labels.ShouldBe(one.Labels);
        for (var k = 0; k < one.Probabilities.Length; k++)
            all.Probabilities[k].ShouldBe(one.Probabilities[k], 1e-6);
        one.Row(0)[0].ShouldNotBe(one.Row(1)[0]);
        one.Row(2).ToArray().Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void An_output_that_is_not_finite_is_one_sentence_that_names_the_image()
    {
        using (no_grad())
            _network.state_dict()["linear.bias"].fill_(float.NaN);
        Should.Throw<FineTuneException>(() => Predict(3)).Message.ShouldBe(
            $"The network's output for '{_tree.PathOf("a/000.bmp")}' is not finite; its weights are damaged, "
            + "or its learning rate was too high.");
    }

    [Fact]
    public void Probabilities_are_averaged_over_views_and_progress_counts_images()
    {
        var told = new List<int>();
        Predictions Of(TestViews views) => Predictor.Predict([_network], Samples, new DecodedCache(), ["x", "y"],
            new InferenceOptions { Views = views }, new Relay<int>(told.Add))[0];
        var (plain, both) = (Of(TestViews.One), Of(TestViews.Parse("flip")));
        told.ShouldBe([3, 1, 3]); // of two views, half of the images at the end of the first

        var mirrored = Predictor.Predict(_network, EvaluationLoader.Of(
            Samples, _network.Preprocessing, view: TestViews.Parse("flip").Views[1]), ["x", "y"]);
        for (var k = 0; k < plain.Probabilities.Length; k++)
            both.Probabilities[k].ShouldBe((plain.Probabilities[k] + mirrored.Probabilities[k]) / 2, 1e-12);
        plain.Probabilities[0].ShouldNotBe(mirrored.Probabilities[0]);
        EvaluationLoader.Of(Samples, _network.Preprocessing).BatchesPerEpoch.ShouldBe(1);
        EvaluationLoader.Of(Samples, _network.Preprocessing, batch: 2).BatchesPerEpoch.ShouldBe(2);
    }

    [Fact]
    public void Asked_to_stop_it_stops() =>
        Should.Throw<OperationCanceledException>(() => Predict(1, new CancellationToken(canceled: true)));

    private Sample[] Samples => [.. Enumerable.Range(0, 3).Select(i => new Sample(_tree.PathOf($"a/{i:000}.bmp"), i % 2))];

    public void Dispose()
    {
        _network.Dispose();
        _tree.Dispose();
    }

    private Predictions Predict(int batch, CancellationToken stop = default)
    {
        return Predictor.Predict(_network, new Loader(Samples, new LoaderOptions { BatchSize = batch }, Augmentations.Evaluation(16, 16)),
            ["x", "y"], cancellation: stop);
    }
}
