using System.Text.Json;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Tests.Evaluate.Statistics;

/// <summary>Against SciPy and NumPy; the numbers are of scripts/goldens/evaluate.py and resampling.py.</summary>
public sealed class StatisticsTests
{
    private const double Tolerance = 1e-9;
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Evaluate/statistics.json"))).RootElement;

    [Fact]
    public void The_interval_of_a_rate_is_Clopper_and_Pearsons()
    {
        foreach (var row in ScoreGoldens.Rows("clopper"))
        {
            var interval = BinomialInterval.Of((int)row[0], (int)row[1]);
            interval.Low.ShouldBe(row[2], Tolerance);
            interval.High.ShouldBe(row[3], Tolerance);
            BinomialInterval.OfRate(row[0] / row[1], (int)row[1]).ShouldBe(interval);
        }
    }

    [Fact]
    public void Beyond_either_end_of_an_interval_what_was_seen_has_a_chance_of_one_in_forty()
    {
        for (var n = 1; n <= 60; n++)
        {
            for (var hits = 0; hits <= n; hits++)
            {
                var (low, high) = BinomialInterval.Of(hits, n);
                low.ShouldBeLessThanOrEqualTo((double)hits / n);
                high.ShouldBeGreaterThanOrEqualTo((double)hits / n);
                if (hits > 0)
                    Enumerable.Range(hits, n - hits + 1).Sum(k => Binomial(k, n, low)).ShouldBe(0.025, Tolerance);
                if (hits < n)
                    Enumerable.Range(0, hits + 1).Sum(k => Binomial(k, n, high)).ShouldBe(0.025, Tolerance);
            }
        }
    }

    [Theory]
    [InlineData(1_000_000, 999_999)]
    [InlineData(1_000_000, 500_000)]
    [InlineData(1_000_000, 3)]
    public void A_million_images_have_an_interval(int n, int hits)
    {
        var (low, high) = BinomialInterval.Of(hits, n);
        var rate = (double)hits / n;
        low.ShouldBeInRange(0, rate);
        high.ShouldBeInRange(rate, 1);
        (high - low).ShouldBeInRange(1e-6, 0.003);
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    [InlineData(0, 0)]
    public void A_rate_that_cannot_be_has_no_interval(int hits, int n) =>
        Should.Throw<ArgumentOutOfRangeException>(() => BinomialInterval.Of(hits, n));

    [Fact]
    public void McNemars_p_value_is_the_exact_binomial_tests()
    {
        foreach (var row in ScoreGoldens.Rows("mcnemar"))
        {
            new McNemar((int)row[0], (int)row[1]).PValue.ShouldBe(row[2], Tolerance * row[2]);
            new McNemar((int)row[1], (int)row[0]).PValue.ShouldBe(row[2], Tolerance * row[2]);
        }
    }

    [Fact]
    public void McNemar_counts_the_images_on_which_just_one_is_right()
    {
        var first = new Predictions(["a", "b"], [0, 0, 1, 1], [0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.6, 0.4]);
        var second = first with { Probabilities = [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.1, 0.9] };
        McNemar.Of(first, second).ShouldBe(new McNemar(OnlyFirst: 2, OnlySecond: 1));
    }

    [Fact]
    public void The_paired_bootstrap_is_NumPys_on_the_same_draws()
    {
        var (a, b) = (ScoreGoldens.Predictions(0), ScoreGoldens.Predictions(1));
        var bootstrap = PairedBootstrap.Of(a, b, seed: 5, resamples: 300);
        foreach (var (name, actual) in new[] { ("top1", bootstrap.Top1), ("nll", bootstrap.Nll), ("ece", bootstrap.Ece) })
        {
            var expected = Root.GetProperty("bootstrap").GetProperty(name);
            actual.Value.ShouldBe(expected[0].GetDouble(), Tolerance, name);
            actual.Interval.Low.ShouldBe(expected[1].GetDouble(), Tolerance, name);
            actual.Interval.High.ShouldBe(expected[2].GetDouble(), Tolerance, name);
        }

        PairedBootstrap.Of(a, b, seed: 5, resamples: 300).ShouldBe(bootstrap);
        PairedBootstrap.Of(a, b, seed: 6, resamples: 300).Nll.Interval.ShouldNotBe(bootstrap.Nll.Interval);
    }

    [Fact]
    public void A_classifier_does_not_differ_from_itself()
    {
        var a = ScoreGoldens.Predictions(0);
        var none = new Difference(0, new Interval(0, 0));
        PairedBootstrap.Of(a, a, resamples: 20).ShouldBe(new PairedBootstrap(none, none, none));
        McNemar.Of(a, a).PValue.ShouldBe(1);
    }

    [Fact]
    public void Other_images_are_not_compared()
    {
        var a = ScoreGoldens.Predictions(0);
        var other = a with { Labels = [.. a.Labels.Reverse()] };
        Should.Throw<ArgumentException>(() => McNemar.Of(a, other)).Message.ShouldContain("same images");
        Should.Throw<ArgumentException>(() => PairedBootstrap.Of(a, other)).Message.ShouldContain("same images");
    }

    [Fact]
    public void Holms_correction_steps_down()
    {
        foreach (var pair in Root.GetProperty("holm").EnumerateArray())
        {
            var adjusted = Holm.Adjust(Numbers(pair[0]));
            adjusted.Length.ShouldBe(pair[1].GetArrayLength());
            foreach (var (actual, expected) in adjusted.Zip(Numbers(pair[1])))
                actual.ShouldBe(expected, Tolerance);
        }

        Holm.Adjust([]).ShouldBeEmpty();
    }

    [Fact]
    public void Seeds_have_a_median_and_Students_interval()
    {
        foreach (var pair in Root.GetProperty("seeds").EnumerateArray())
        {
            var summary = SeedSummary.Of(Numbers(pair[0]));
            var (low, high) = (summary.MeanInterval?.Low, summary.MeanInterval?.High);
            double?[] actual = [summary.Min, summary.Median, summary.Max, summary.Mean, low, high];
            foreach (var (value, expected) in actual.Zip(pair[1].EnumerateArray()))
            {
                if (expected.ValueKind == JsonValueKind.Null)
                    value.ShouldBeNull();
                else
                    value!.Value.ShouldBe(expected.GetDouble(), Tolerance);
            }
        }

        Should.Throw<ArgumentException>(() => SeedSummary.Of([]));
    }

    private static double Binomial(int k, int n, double p)
    {
        var chance = Math.Pow(p, k) * Math.Pow(1 - p, n - k);
        for (var i = 1; i <= k; i++)
            chance *= (double)(n - k + i) / i;
        return chance;
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];
}
