using FineTune.Evaluate;

namespace FineTune.Tests.Evaluate;

public sealed class PredictionsTests
{
    [Fact]
    public void The_average_is_of_probabilities_image_by_image()
    {
        var mean = Predictions.Average([Of([0, 1], [1, 0, 0.5, 0.5]), Of([0, 1], [0.5, 0.5, 0, 1]), Of([0, 1], [0.75, 0.25, 1, 0])]);
        mean.Probabilities.ShouldBe([0.75, 0.25, 0.5, 0.5], 1e-15);
        mean.Labels.ShouldBe([0, 1]);
        (mean.Predicted(0), mean.Predicted(1)).ShouldBe((0, 0));
    }

    [Fact]
    public void Predictions_of_other_images_are_not_averaged()
    {
        Should.Throw<ArgumentException>(() => Predictions.Average([]));
        Should.Throw<ArgumentException>(() => Predictions.Average([Of([0, 1], [1, 0, 1, 0]), Of([0, 0], [1, 0, 1, 0])]));
        Should.Throw<ArgumentException>(() => Predictions.Average([Of([0], [1, 0]), Of([0], [1, 0, 0])]));
    }

    [Fact]
    public void Softmax_holds_for_large_logits()
    {
        var p = new double[3];
        Predictions.Softmax([1000, 1000 - MathF.Log(2), -1e30f], p);
        p[0].ShouldBe(2.0 / 3, 1e-5);
        p[1].ShouldBe(1.0 / 3, 1e-5);
        p[2].ShouldBe(0);
        p.Sum().ShouldBe(1, 1e-15);
    }

    private static Predictions Of(long[] labels, double[] probabilities) => new(["a", "b"], labels, probabilities);
}
