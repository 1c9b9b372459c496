using FineTune.Diagnose;

namespace FineTune.Tests.Diagnose;

public sealed class TSneTests
{
    private const int Groups = 3, PerGroup = 12;

    [Fact]
    public void The_gradient_is_that_of_the_divergence()
    {
        var p = TSne.Affinities(Clusters(), 8);
        var random = new RandomKey(1, 0, 0, RandomUse.Diagnose).Stream();
        var y = new double[2 * Groups * PerGroup];
        for (var k = 0; k < y.Length; k++)
            y[k] = random.NextNormal();
        var gradient = new double[y.Length];
        TSne.Gradient(p, y, 1, new double[p.Length], gradient);

        const double H = 1e-5;
        for (var k = 0; k < y.Length; k += 5)
        {
            var at = y[k];
            y[k] = at + H;
            var above = TSne.Divergence(p, y);
            y[k] = at - H;
            var below = TSne.Divergence(p, y);
            y[k] = at;
            gradient[k].ShouldBe((above - below) / (2 * H), 1e-8);
        }
    }

    [Fact]
    public void Affinities_are_symmetric_sum_to_one_and_give_each_point_its_perplexity()
    {
        const double Perplexity = 8;
        var points = Clusters();
        var n = points.Length;

        var p = TSne.Affinities(points, Perplexity);

        p.Sum().ShouldBe(1, 1e-12);
        for (var i = 0; i < n; i++)
        {
            p[(i * n) + i].ShouldBe(0);
            for (var j = 0; j < i; j++)
                p[(i * n) + j].ShouldBe(p[(j * n) + i]);
        }

        double[][] even = [.. Enumerable.Range(0, n).Select(i => 2 * Math.PI * i / n).Select(a => new[] { Math.Cos(a), Math.Sin(a) })];
        var ring = TSne.Affinities(even, Perplexity); // all points alike: a row is the conditional distribution by n
        var row = Enumerable.Range(1, n - 1).Select(j => ring[j] * n).Where(v => v > 0);
        Math.Exp(-row.Sum(v => v * Math.Log(v))).ShouldBe(Perplexity, 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Groups_that_are_far_apart_stay_apart(long seed)
    {
        var places = TSne.Of(Clusters(), seed);

        for (var i = 0; i < places.Length; i++)
        {
            var others = Enumerable.Range(0, places.Length).Where(j => j != i);
            var nearest = others.OrderBy(j => Distance(places[i], places[j])).Take(PerGroup - 1);
            nearest.ShouldAllBe(j => j / PerGroup == i / PerGroup);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_places_and_another_others()
    {
        var first = TSne.Of(Clusters(), 3);

        TSne.Of(Clusters(), 3).ShouldBe(first);
        TSne.Of(Clusters(), 4).ShouldNotBe(first);
        first.Sum(p => p.X).ShouldBe(0, 1e-9);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    public void Few_points_and_points_on_top_of_one_another_have_finite_places(int count)
    {
        var points = Enumerable.Range(0, count).Select(k => new[] { (double)(k / 2), 0 }).ToArray();

        TSne.Of(points, 0).ShouldAllBe(p => double.IsFinite(p.X) && double.IsFinite(p.Y) && Math.Abs(p.X) < 1e4);
    }

    private static double Distance((double X, double Y) a, (double X, double Y) b) => double.Hypot(a.X - b.X, a.Y - b.Y);

    /// <summary>Groups of points in ten dimensions, whose middles are twenty standard deviations apart.</summary>
    private static double[][] Clusters()
    {
        var random = new RandomKey(0, 0, 0, RandomUse.Diagnose).Stream();
        var points = new double[Groups * PerGroup][];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new double[10];
            for (var k = 0; k < 10; k++)
                points[i][k] = random.NextNormal() + (k == i / PerGroup ? 20 : 0);
        }

        return points;
    }
}
