using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Experiment.Auto;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

/// <summary>Each kind of run that advice is for, and its neighbour that needs none.</summary>
public sealed class AdviceTests
{
    private static readonly string[] Classes = ["ant", "bee", "crab"];

    [Fact]
    public void A_loss_of_guessing() =>
        While([1.10, 1.09, 1.10]).ShouldHaveSingleItem().ShouldContain("still that of guessing (1.10 for 3 classes)");

    [Fact]
    public void A_loss_that_falls_needs_no_advice() => While([1.1, 1.0, 0.8, 0.6, 0.5]).ShouldBeEmpty();

    [Fact]
    public void A_flat_loss() => While([0.701, 0.7, 0.702, 0.7, 0.699]).ShouldHaveSingleItem().ShouldContain("flat for 5 epochs (0.70)");

    [Fact]
    public void A_flat_loss_at_the_end_of_a_schedule_is_no_news() =>
        While([0.701, 0.7, 0.702, 0.7, 0.699], lr: e => e == 0 ? 0.1 : 0.001).ShouldBeEmpty();

    [Fact]
    public void A_rising_loss() => While([0.5, 0.55, 0.7]).ShouldHaveSingleItem().ShouldContain("rising for 3 epochs (to 0.70)");

    [Fact]
    public void A_loss_near_zero_goes_up_and_down() => While([0.5, 0.008, 0.009, 0.011, 0.014]).ShouldBeEmpty();

    [Fact]
    public void Each_is_said_once() => While([0.5, 0.55, 0.7, 0.8, 0.9, 1.0]).Count.ShouldBe(1);

    [Fact]
    public void Images_learned_by_heart() =>
        AtEnd(train: 1, validation: 0.7).ShouldHaveSingleItem().ShouldContain("Training accuracy is 100%, validation 70%");

    [Fact]
    public void A_small_gap_needs_no_advice() => AtEnd(train: 1, validation: 0.9).ShouldBeEmpty();

    [Fact]
    public void Best_at_the_first_epoch() => AtEnd(best: 0).ShouldHaveSingleItem().ShouldContain("best after the first epoch");

    [Fact]
    public void Best_before_the_first() => AtEnd(best: -1).ShouldHaveSingleItem().ShouldContain("No epoch was better than the fitted head");

    [Fact]
    public void Best_at_the_last_epoch() => AtEnd(best: 5).ShouldHaveSingleItem().ShouldContain("--epochs 12");

    [Fact]
    public void A_class_that_is_never_predicted() =>
        AtEnd(predicted: [0, 1, 0]).ShouldHaveSingleItem().ShouldContain("No validation image is predicted as 'crab'");

    [Theory]
    [InlineData("highest", "a higher one", "{ name: sgd, lr: 0.02 }")]
    [InlineData("lowest", "a lower one", "{ name: sgd, lr: 0.005 }")]
    public void A_learning_rate_at_the_end_of_its_range(string bound, params string[] words)
    {
        var said = AtEnd(plan: new Plan([], [], bound, 1)).ShouldHaveSingleItem();
        foreach (var word in words)
            said.ShouldContain(word);
    }

    private static IReadOnlyList<string> While(double[] losses, Func<int, double>? lr = null)
    {
        var advice = new Advice(new Recipe(), Classes);
        for (var k = 0; k < losses.Length; k++)
            advice.After(Epoch(k, losses[k], 0.7, 0.6, lr?.Invoke(k) ?? 0.1));
        return advice.Said;
    }

    private static IReadOnlyList<string> AtEnd(
        double train = 0.9, double validation = 0.85, int best = 3, int[]? predicted = null, Plan? plan = null)
    {
        var recipe = new Recipe { Epochs = 6, Optimizer = new NamedSpec("sgd").With("lr", 0.01) };
        var advice = new Advice(recipe, Classes, plan);
        for (var k = 0; k < recipe.Epochs; k++)
            advice.After(Epoch(k, 0.5 - (0.05 * k), train, validation, 0.1));
        int[] said = predicted ?? [0, 1, 2];
        double[] probabilities = [.. said.SelectMany(k => Classes.Select((_, c) => c == k ? 0.8 : 0.1))];
        advice.AtEnd(new Predictions(Classes, [0, 1, 2], probabilities), best);
        return advice.Said;
    }

    private static TrainEvent.EpochEnded Epoch(int epoch, double loss, double train, double validation, double lr)
    {
        var score = new Score(validation, 1, 0.5, 0.1, 100);
        return new TrainEvent.EpochEnded(epoch, epoch + 1, loss, train, score, lr, IsBest: false);
    }
}
