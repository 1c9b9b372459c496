using FineTune.Evaluate;

namespace FineTune.Tests.Evaluate;

public sealed class PredictionsTests
{
    [Fact]
    public void Some_of_the_images_are_taken_in_the_order_that_is_given()
    {
        var some = Of([0, 1, 1], [0.9, 0.1, 0.2, 0.8, 0.3, 0.7]).Of([2, 0]);
        some.Labels.ShouldBe([1, 0]);
        some.Probabilities.ShouldBe([0.3, 0.7, 0.9, 0.1]);
    }

    [Fact]
    public void Classes_of_another_order_are_put_in_place()
    {
        var other = Of([0, 1], [0.9, 0.1, 0.2, 0.8]).Ordered(["b", "a"]);
        other.Classes.ShouldBe(["b", "a"]);
        other.Labels.ShouldBe([0, 1]); // positions in the images' classes, before and after
        other.Probabilities.ShouldBe([0.1, 0.9, 0.8, 0.2]);
        Should.Throw<FineTuneException>(() => other.Ordered(["b", "c"])).Message
            .ShouldBe("The images are of the classes 'b', 'c', but the model tells apart 'b', 'a'; measure it on images of its classes.");
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

    [Fact]
    public void A_long_list_of_classes_is_cut_short()
    {
        ClassNames.Some(["a", "b", "c", "d", "e"]).ShouldBe("'a', 'b', 'c', 'd', 'e'");
        ClassNames.Some(["a", "b", "c", "d", "e", "f", "g"]).ShouldBe("'a', 'b', 'c', 'd', 'e' and 2 more");
    }

    [Fact]
    public void A_mean_is_of_the_same_images_and_classes()
    {
        var (first, second) = (Of([0, 1], [0.9, 0.1, 0.2, 0.8]), Of([0, 1], [0.5, 0.5, 0.4, 0.6]));
        Predictions.Average([first, second]).Probabilities.ShouldBe([0.7, 0.3, 0.3, 0.7], 1e-15);
        Predictions.Average([first, second], [0.75, 0.25]).Probabilities.ShouldBe([0.8, 0.2, 0.25, 0.75], 1e-15);
        Should.Throw<ArgumentException>(() => Predictions.Average([]));
        Should.Throw<ArgumentException>(() => Predictions.Average([first, second with { Labels = [1, 1] }]));
        Should.Throw<ArgumentException>(() => Predictions.Average([first, second.Of([0])]));
    }

    private static Predictions Of(long[] labels, double[] probabilities) => new(["a", "b"], labels, probabilities);
}
