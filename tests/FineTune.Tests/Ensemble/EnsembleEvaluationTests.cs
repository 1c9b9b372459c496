using FineTune.Ensemble;
using FineTune.Evaluate;

namespace FineTune.Tests.Ensemble;

public sealed class EnsembleEvaluationTests
{
    // Four images of two classes, all of class 0: the probability of class 0 is what a member says.
    private static readonly Member[] Members =
    [
        new("001", Of(0.9, 0.4, 0.4, 0.4), Of(0.9, 0.2, 0.2, 0.2)),
        new("002", Of(0.6, 0.6, 0.6, 0.4), Of(0.2, 0.9, 0.9, 0.2)),
        new("003", Of(0.7, 0.7, 0.7, 0.4), Of(0.2, 0.2, 0.2, 0.9)),
    ];

    [Fact]
    public void The_best_single_member_is_chosen_on_validation_and_never_on_what_is_measured()
    {
        var report = Evaluate("all", "test");
        report.BestSingle.ShouldBe("003"); // right as often as 002 on validation, and surer; 002 is the best on test
        report.Single.Top1.ShouldBe(0.25);
        (report.Split, report.ChosenOn, report.Method).ShouldBe(("test", "val", "average"));
    }

    /// <summary>Planted: the member that is best on what is measured is not the one that is best on validation.</summary>
    [Theory]
    [InlineData("weighted")]
    [InlineData("greedy")]
    public void Weights_are_chosen_on_validation_and_never_on_what_is_measured(string method)
    {
        Member[] members =
            [new("a", Of(0.9, 0.9, 0.9, 0.9), Of(0.1, 0.1, 0.1, 0.1)), new("b", Of(0.2, 0.2, 0.2, 0.2), Of(0.8, 0.8, 0.8, 0.8))];
        var report = EnsembleEvaluation.Of(members, MemberSelection.All, Combination.Find(method), "test", "val");
        report.Rows.Select(r => r.Weight).ShouldBe([1, 0], 1e-6);
        report.Ensemble.Top1.ShouldBe(0);
    }

    [Fact]
    public void Each_member_stands_beside_the_ensemble_that_ends_with_it()
    {
        var report = Evaluate("all", "test");
        report.Rows.Select(r => (r.Name, r.Alone.Top1)).ShouldBe([("001", 0.25), ("002", 0.5), ("003", 0.25)]);
        report.Rows.Select(r => r.Growing!.Top1).ShouldBe([0.25, 0.75, 0]);
        report.Rows[1].Growing!.Nll.ShouldBe(-(Math.Log(0.55) + Math.Log(0.55) + Math.Log(0.55) + Math.Log(0.2)) / 4, 1e-12);
        report.Ensemble.ShouldBe(report.Rows[^1].Growing);
        (report.OnlySingleRight, report.OnlyEnsembleRight).ShouldBe((1, 0));
    }

    [Fact]
    public void Images_that_only_one_side_gets_right_are_counted_on_its_side()
    {
        var report = Evaluate("last:2", "test"); // together right on the last three, 003 on the last
        (report.OnlySingleRight, report.OnlyEnsembleRight).ShouldBe((0, 2));
    }

    [Theory]
    [InlineData("all", "001 002 003")]
    [InlineData("last:2", "002 003")]
    [InlineData("best:2", "002 003")]
    [InlineData("best:1", "003")]
    [InlineData("last:3", "001 002 003")]
    public void Members_are_selected_in_their_own_order(string selection, string expected) =>
        string.Join(' ', Evaluate(selection, "val").Rows.Select(r => r.Name)).ShouldBe(expected);

    [Theory]
    [InlineData("best")]
    [InlineData("best:0")]
    [InlineData("first:2")]
    [InlineData("best:two")]
    [InlineData("")]
    public void Another_selection_is_refused(string text) =>
        Should.Throw<FineTuneException>(() => MemberSelection.Parse(text)).Message.ShouldContain("all, best:K or last:K is allowed");

    [Fact]
    public void More_members_than_there_are_is_refused() =>
        Should.Throw<FineTuneException>(() => Evaluate("last:4", "val")).Message.ShouldContain("there are 3");

    [Fact]
    public void The_disagreement_of_two_members_is_the_part_of_images_that_they_tell_apart()
    {
        var report = Evaluate("all", "test");
        report.Disagreement.Select(row => row.ToArray()).ShouldBe([[0, 0.75, 0.5], [0.75, 0, 0.75], [0.5, 0.75, 0]]);
        report.Diversity.Disagreement!.Value.ShouldBe(2.0 / 3, 1e-12); // the mean over pairs
    }

    /// <summary>Each image by the member that is better on the other one: by weights that have not seen it.</summary>
    [Fact]
    public void Weights_that_are_fitted_on_what_is_measured_are_cross_fitted()
    {
        var (a, b) = (new Predictions(["a", "b"], [0, 0], [0.9, 0.1, 0.2, 0.8]), new Predictions(["a", "b"], [0, 0], [0.3, 0.7, 0.8, 0.2]));
        EnsembleReport On(string split) => EnsembleEvaluation.Of(
            [new("a", a, a), new("b", b, b)], MemberSelection.All, Combination.Find("greedy"), split, "val");
        On("val").Predictions.Probabilities.ShouldBe([0.3, 0.7, 0.2, 0.8]);
        On("test").Predictions.Probabilities.ShouldNotBe([0.3, 0.7, 0.2, 0.8]);
    }

    [Fact]
    public void A_mean_of_weights_is_measured_once_beside_the_last_member()
    {
        var averaged = Of(0.9, 0.9, 0.9, 0.2);
        var report = EnsembleEvaluation.OfAverage(Members, Members[1..], "soup", averaged, "test", "val");
        report.Rows.Select(r => (r.Name, r.Weight, r.Growing?.Top1)).ShouldBe([("002", 0.5, null), ("003", 0.5, 0.75)]);
        (report.Method, report.BestSingle, report.Predictions, report.Ensemble.Top1).ShouldBe(("soup", "003", averaged, 0.75));
    }

    private static EnsembleReport Evaluate(string members, string split, string method = "average") =>
        EnsembleEvaluation.Of(Members, MemberSelection.Parse(members), Combination.Find(method), split, "val");

    private static Predictions Of(params double[] first) => new(["a", "b"], [0, 0, 0, 0], [.. first.SelectMany(p => new[] { p, 1 - p })]);
}
