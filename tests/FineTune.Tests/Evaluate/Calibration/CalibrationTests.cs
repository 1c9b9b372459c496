using System.Text.Json;
using FineTune.Evaluate;
using FineTune.Evaluate.Calibration;
using FineTune.Tests.Evaluate.Metrics;

namespace FineTune.Tests.Evaluate.Calibration;

/// <summary>Against SciPy and scikit-learn, fitted on the even images of the cases; the numbers are of scripts/goldens/calibration.py.</summary>
public sealed class CalibrationTests
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Evaluate/calibration.json"))).RootElement;

    public static TheoryData<string> Methods => new(Calibrations.All.Select(c => c.Name));

    [Theory]
    [InlineData("random")]
    [InlineData("two classes")]
    [InlineData("class absent")]
    public void The_temperature_is_that_of_least_nll(string name)
    {
        var fitted = TemperatureScaling.Fit(Even(name));
        fitted.Temperature.ShouldBe(Root.GetProperty(name).GetProperty("temperature").GetDouble(), 1e-9);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("two classes")]
    [InlineData("class absent")]
    public void Scales_and_offsets_are_those_of_least_penalised_nll(string name)
    {
        var fitted = VectorScaling.Fit(Even(name));
        double[] expected = [.. Root.GetProperty(name).GetProperty("vector").EnumerateArray().Select(v => v.GetDouble())];
        foreach (var (actual, value) in fitted.Scale.Concat(fitted.Offset).Zip(expected))
            actual.ShouldBe(value, 1e-5);
        fitted.Offset.Count.ShouldBe(expected.Length / 2);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("two classes")]
    [InlineData("class absent")]
    [InlineData("ties")]
    public void Isotonic_regression_is_scikit_learns(string name)
    {
        var calibrated = IsotonicCalibration.Fit(Even(name)).Apply(Every(name, 1));
        var expected = Root.GetProperty(name).GetProperty("isotonic").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        calibrated.Probabilities.Length.ShouldBe(expected.Length);
        foreach (var (actual, value) in calibrated.Probabilities.Zip(expected))
            actual.ShouldBe(value, 1e-9);
    }

    [Fact]
    public void A_temperature_divides_the_logits_and_keeps_the_class()
    {
        var sharp = new Predictions(["a", "b"], [0], [0.8, 0.2]);
        new TemperatureScaling(2).Apply(sharp).Probabilities[0].ShouldBe(2.0 / 3, 1e-12); // logits ln 4 and 0, halved
        new TemperatureScaling(0.5).Apply(sharp).Probabilities[0].ShouldBe(16.0 / 17, 1e-12);
    }

    [Fact]
    public void A_temperature_without_a_minimum_is_held_within_bounds()
    {
        var right = new Predictions(["a", "b"], [0, 1], [0.8, 0.2, 0.4, 0.6]);
        TemperatureScaling.Fit(right).Temperature.ShouldBe(TemperatureScaling.Lowest);
        TemperatureScaling.Fit(right with { Labels = [1, 0] }).Temperature.ShouldBe(TemperatureScaling.Highest);
        TemperatureScaling.Fit(right with { Probabilities = [0.5, 0.5, 0.5, 0.5] }).Temperature.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_lowers_the_nll_of_the_images_it_was_fitted_on(string method)
    {
        var predictions = Every("random", 0);
        var fitted = Calibrations.Of(method).Fit(predictions).Apply(predictions);
        Score.Of(fitted).Nll.ShouldBeLessThan(Score.Of(predictions).Nll - 0.005);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_gives_probabilities_that_sum_to_one(string method)
    {
        foreach (var (predictions, _) in MetricCase.Names.Select(MetricCase.Of))
        {
            var calibrated = Calibrations.Of(method).Fit(predictions).Apply(predictions);
            for (var i = 0; i < calibrated.Count; i++)
            {
                calibrated.Row(i).ToArray().Sum().ShouldBe(1, 1e-9);
                calibrated.Row(i).ToArray().ShouldAllBe(p => p >= 0 && p <= 1);
            }
        }
    }

    [Fact]
    public void A_cross_fit_measures_no_image_by_what_saw_its_label()
    {
        var predictions = MetricCase.Of("random").Predictions;
        var seen = new List<(Predictions Fitted, Predictions Applied)>();
        var cross = CrossFit.Of(predictions, fitted => new Spy(fitted, seen));

        cross.Folds.ShouldBe(5);
        cross.Predictions.Probabilities.ShouldBe(predictions.Probabilities); // each image once, at its place
        seen.Count.ShouldBe(5);
        foreach (var (fitted, applied) in seen)
        {
            (fitted.Count + applied.Count).ShouldBe(predictions.Count);
            Rows(fitted).Intersect(Rows(applied)).ShouldBeEmpty();
            foreach (var label in Enumerable.Range(0, 7)) // stratified
                applied.Labels.Count(l => l == label).ShouldBeInRange(
                    predictions.Labels.Count(l => l == label) / 5,
                    (predictions.Labels.Count(l => l == label) / 5) + 1);
        }
    }

    [Fact]
    public void A_cross_fit_repeats_to_the_bit_and_is_worse_than_fitting_on_the_same_images()
    {
        var predictions = MetricCase.Of("random").Predictions;
        var cross = Calibrated.Crosswise("isotonic", predictions);
        Calibrated.Crosswise("isotonic", predictions).Predictions.Probabilities.ShouldBe(cross.Predictions.Probabilities);
        Score.Of(cross.Predictions).Nll.ShouldBeGreaterThan(Score.Of(Calibrated.By("isotonic", predictions, predictions).Predictions).Nll);
    }

    [Fact]
    public void A_single_image_cannot_be_cross_fitted()
    {
        var one = new Predictions(["a", "b"], [0], [0.5, 0.5]);
        Should.Throw<FineTuneException>(() => Calibrated.Crosswise("temperature", one)).Message.ShouldContain("at least two");
        CrossFit.Of(one.Of([0, 0]), TemperatureScaling.Fit).Folds.ShouldBe(2); // no more folds than images
    }

    [Fact]
    public void An_unknown_method_is_answered_with_the_nearest() =>
        Should.Throw<FineTuneException>(() => Calibrations.Of("temprature")).Message.ShouldContain("did you mean 'temperature'");

    private static Predictions Even(string name) => Every(name, 0);

    private static Predictions Every(string name, int first)
    {
        var predictions = MetricCase.Of(name).Predictions;
        return predictions.Of([.. Enumerable.Range(0, predictions.Count).Where(i => i % 2 == first)]);
    }

    private static IEnumerable<double> Rows(Predictions predictions) => Enumerable.Range(0, predictions.Count).Select(i => predictions.Row(i)[0]);

    private sealed record Spy(Predictions Fitted, List<(Predictions Fitted, Predictions Applied)> Seen) : ICalibration
    {
        public Predictions Apply(Predictions predictions)
        {
            Seen.Add((Fitted, predictions));
            return predictions;
        }
    }
}
