using System.Text.Json;
using FineTune.Ensemble;
using FineTune.Evaluate;

namespace FineTune.Tests.Ensemble;

public sealed class CombinationTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(
        File.ReadAllText(Repo.Goldens("Ensemble/combinations.json"))).RootElement;
    private static readonly long[] Labels = [.. Golden.GetProperty("labels").EnumerateArray().Select(v => v.GetInt64())];
    private static readonly Predictions[] Members =
        [.. Golden.GetProperty("members").EnumerateArray().Select(m => new Predictions(["a", "b", "c"], Labels, Numbers(m)))];

    [Theory]
    [InlineData("average")]
    [InlineData("logits")]
    public void Means_are_NumPys(string method)
    {
        var together = Together(method);
        together.Labels.ShouldBe(Labels);
        Near(together.Probabilities, Numbers(Golden.GetProperty(method)), 1e-12);
    }

    [Fact]
    public void Votes_are_counted_and_the_likelier_of_classes_with_as_many_is_predicted()
    {
        var together = Together("vote");
        Near(together.Probabilities, Numbers(Golden.GetProperty("votes")), 2e-6);
        Enumerable.Range(0, together.Count).Select(together.Predicted)
            .ShouldBe(Golden.GetProperty("vote").EnumerateArray().Select(v => v.GetInt32()));
        for (var i = 0; i < together.Count; i++)
            together.Row(i).ToArray().Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Fitted_weights_have_the_lowest_nll_that_SciPy_finds()
    {
        var weights = Combination.Find("weighted").Weights(Members);
        weights.Sum().ShouldBe(1, 1e-12);
        weights.Min().ShouldBeGreaterThanOrEqualTo(0);
        Score.Of(Combination.Find("weighted").Combine(Members, weights)).Nll.ShouldBe(Golden.GetProperty("weighted_nll").GetDouble(), 2e-7);
    }

    [Fact]
    public void Ensemble_selection_takes_the_members_that_NumPy_takes() =>
        Near(Combination.Find("greedy").Weights(Members), Numbers(Golden.GetProperty("greedy")), 1e-12);

    /// <summary>The best bag of up to six: of five, and of all six.</summary>
    [Theory]
    [InlineData(2, 3)]
    [InlineData(1, 5)]
    public void Ensemble_selection_keeps_the_best_bag_it_saw(int onlyFirst, int onlySecond)
    {
        var images = onlyFirst + onlySecond;
        Predictions Member(Func<int, bool> sure) => new(["a", "b"], new long[images],
            [.. Enumerable.Range(0, images).SelectMany(i => sure(i) ? new[] { 0.99, 0.01 } : [0.01, 0.99])]);
        var weights = Combination.Find("greedy").Weights([Member(i => i < onlyFirst), Member(i => i >= onlyFirst)]);
        weights.ShouldBe([(double)onlyFirst / images, (double)onlySecond / images], 1e-15);
    }

    [Fact]
    public void A_member_that_is_always_sure_and_right_gets_all_the_weight()
    {
        var perfect = new Predictions(["a", "b"], [0, 1], [1, 0, 0, 1]);
        var poor = new Predictions(["a", "b"], [0, 1], [0.5, 0.5, 0.5, 0.5]);
        Combination.Find("weighted").Weights([poor, perfect])[1].ShouldBe(1, 1e-6);
        Combination.Find("greedy").Weights([poor, perfect]).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_class_that_a_member_rules_out_has_no_chance_in_the_geometric_mean_and_some_in_the_mean()
    {
        var a = new Predictions(["a", "b"], [0], [0, 1]);
        var b = new Predictions(["a", "b"], [0], [0.9, 0.1]);
        Combination.Find("logits").Combine([a, b], [0.5, 0.5]).Row(0)[0].ShouldBeLessThan(1e-100);
        Combination.Find("average").Combine([a, b], [0.5, 0.5]).Row(0)[0].ShouldBe(0.45, 1e-15);
        var ruledOut = Combination.Find("logits").Combine([a, new Predictions(["a", "b"], [0], [1, 0])], [0.5, 0.5]); // every class is
        ruledOut.Probabilities.ShouldBe([0.5, 0.5]);
    }

    /// <summary>An image with which the fit would lean to the one member is told by weights that never saw it.</summary>
    [Fact]
    public void Cross_fitted_weights_have_not_seen_the_image()
    {
        var method = Combination.Find("greedy");
        var first = new Predictions(["a", "b"], [0, 0], [0.9, 0.1, 0.2, 0.8]);
        var second = new Predictions(["a", "b"], [0, 0], [0.3, 0.7, 0.8, 0.2]);
        var crossed = method.CrossFitted([first, second]); // each image by the member that is better on the other
        crossed.Row(0)[0].ShouldBe(0.3);
        crossed.Row(1)[0].ShouldBe(0.2);
        Combination.Find("average").CrossFitted([first, second]).Row(0)[0].ShouldBe(0.6, 1e-15);
    }

    [Fact]
    public void Cross_fitting_is_worse_than_fitting_on_the_same_images_and_has_every_image()
    {
        var method = Combination.Find("weighted");
        var crossed = method.CrossFitted(Members);
        crossed.Labels.ShouldBe(Labels);
        var seen = Score.Of(method.Combine(Members, method.Weights(Members))).Nll;
        Score.Of(crossed).Nll.ShouldBeInRange(seen, seen + 0.2);
    }

    [Fact]
    public void One_image_is_measured_by_equal_weights_where_its_own_fit_would_be_on_itself() =>
        Combination.Find("greedy").CrossFitted([Members[0].Of([0]), Members[1].Of([0])]).Row(0)[0]
            .ShouldBe((Members[0].Row(0)[0] + Members[1].Row(0)[0]) / 2, 1e-15);

    [Fact]
    public void Predictions_of_other_images_are_not_combined()
    {
        foreach (var method in Combination.Table)
        {
            Should.Throw<ArgumentException>(() => method.Combine([], []));
            Should.Throw<ArgumentException>(() => method.Combine([Members[0].Of([0]), Members[1].Of([0, 1])], [0.5, 0.5]));
        }
    }

    [Fact]
    public void A_misspelt_method_is_answered_with_the_nearest() =>
        Should.Throw<FineTuneException>(() => Combination.Find("averag")).Message.ShouldContain("'average'");

    private static Predictions Together(string method) =>
        Combination.Find(method).Combine(Members, Combination.Find(method).Weights(Members));

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];

    private static void Near(IReadOnlyList<double> found, IReadOnlyList<double> expected, double tolerance)
    {
        found.Count.ShouldBe(expected.Count);
        for (var k = 0; k < found.Count; k++)
            found[k].ShouldBe(expected[k], tolerance);
    }
}
