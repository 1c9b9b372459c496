using FineTune.Evaluate;

namespace FineTune.Tests.Evaluate;

public sealed class ScoreTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)] // the mean of both
    public void Scores_are_those_of_scikit_learn(int classifier)
    {
        var predictions = classifier < 2
            ? ScoreGoldens.Predictions(classifier)
            : Predictions.Average([ScoreGoldens.Predictions(0), ScoreGoldens.Predictions(1)]);
        var score = Score.Of(predictions);
        score.Top1.ShouldBe(ScoreGoldens.Score(classifier, "top1"), 1e-12);
        score.Top5.ShouldBe(ScoreGoldens.Score(classifier, "top5"), 1e-12);
        score.Nll.ShouldBe(ScoreGoldens.Score(classifier, "nll"), 1e-9);
        score.Ece.ShouldBe(ScoreGoldens.Score(classifier, "ece"), 1e-9);
        score.N.ShouldBe(200);
    }

    [Fact]
    public void The_interval_is_of_the_images_that_are_right()
    {
        var interval = new Score(0.9, 1, 0, 0, 10).Top1Interval;
        interval.Low.ShouldBe(0.55498, 1e-5); // Clopper and Pearson's for 9 of 10
        interval.High.ShouldBe(0.99747, 1e-5);
    }

    [Fact]
    public void Certain_and_wrong_is_bad_but_finite()
    {
        var score = Score.Of(new Predictions(["a", "b"], [0, 1], [0, 1, 0, 1]));
        score.Top1.ShouldBe(0.5);
        score.Nll.ShouldBe(300 * Math.Log(10) / 2, 1e-9); // a probability of 0 counts as 1e-300
        score.Ece.ShouldBe(0.5);
        score.Top5.ShouldBe(1);
    }

    [Fact]
    public void Of_equal_probabilities_the_first_class_is_predicted() =>
        Score.Of(new Predictions(["a", "b"], [0, 1], [0.5, 0.5, 0.5, 0.5])).Top1.ShouldBe(0.5);

    [Fact]
    public void No_predictions_have_no_score() =>
        Should.Throw<ArgumentException>(() => Score.Of(new Predictions(["a"], [], []))).Message.ShouldContain("at least one prediction");
}
