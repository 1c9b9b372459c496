using FineTune.Experiment.Sweeps;
using FineTune.Tests.Weights;

namespace FineTune.Tests.Experiment.Sweeps;

/// <summary>Which configurations are tried. Numbers are SciPy's: scripts/goldens/sweeps.py.</summary>
public sealed class SearchPointsTests
{
    private static readonly double[] Sums =
    [
        1542.90625, 1460.34375, 1504.46875, 1505.21875, 1416.15625, 1582.03125, 1574.84375, 1544.15625,
        1354.40625, 1398.46875, 1517.46875, 1536.78125, 1536.78125, 1437.21875, 1468.78125, 1582.59375,
    ];

    private static readonly double[] Last =
    [
        0.015625, 0.796875, 0.359375, 0.453125, 0.859375, 0.140625, 0.578125, 0.140625,
        0.828125, 0.578125, 0.421875, 0.671875, 0.546875, 0.765625, 0.328125, 0.765625,
    ];

    [Fact]
    public void Sobol_points_are_those_of_SciPy()
    {
        var points = Sobol.Points(64, Sobol.MostDimensions);
        points[63].ShouldBe(Last);
        double Sum(int d) => points.Select((p, i) => p[d] * (((7 * i * i) + 3) % 101)).Sum();
        Enumerable.Range(0, Sobol.MostDimensions).Select(Sum).ShouldBe(Sums);
        points.Length.ShouldBe(64);
    }

    [Fact]
    public void A_shift_keeps_every_sixteenth_of_each_coordinate_filled_once()
    {
        var points = Sobol.Points(16, 5, [1u << 31, 123456789, 0xFFFFFFFF, 7, 1u << 20]);
        for (var d = 0; d < 5; d++)
            points.Select(p => (int)(16 * p[d])).Order().ShouldBe(Enumerable.Range(0, 16));
        points[0].ShouldNotBe(Sobol.Points(1, 5)[0]);
    }

    [Fact]
    public void A_grid_has_every_combination_and_the_last_key_varies_fastest()
    {
        var points = Points("over:\n  optimizer.lr: [0.1, 0.2]\n  trainable: [head, all]\n  batch: 8");
        points.ShouldBe(
        [
            "optimizer.lr=0.1 trainable=head batch=8", "optimizer.lr=0.1 trainable=all batch=8",
            "optimizer.lr=0.2 trainable=head batch=8", "optimizer.lr=0.2 trainable=all batch=8",
        ]);
    }

    [Fact]
    public void Blocks_are_grids_of_their_own_and_equal_configurations_are_one()
    {
        Points("over:\n  - { optimizer: sgd, optimizer.lr: [0.1, 1] }\n  - { optimizer: adam, optimizer.lr: [0.001] }\n"
            + "  - { optimizer: sgd, optimizer.lr: 0.1 }").ShouldBe(
            ["optimizer=sgd optimizer.lr=0.1", "optimizer=sgd optimizer.lr=1", "optimizer=adam optimizer.lr=0.001"]);
    }

    [Theory]
    [InlineData("optimizer.lr", "{ from: 0.001, to: 1, scale: log, points: 4 }", "0.001 0.01 0.1 1")]
    [InlineData("optimizer.lr", "{ from: 0, to: 1, points: 3 }", "0 0.5 1")]
    [InlineData("optimizer.lr", "{ from: 1e-5, to: 2e-5, points: 2 }", "1E-05 2E-05")]
    [InlineData("batch", "{ from: 1, to: 5, points: 5 }", "1 2 3 4 5")]
    [InlineData("images_per_class", "{ from: 1, to: 100, scale: log, points: 3 }", "1 10 100")]
    [InlineData("batch", "{ from: 1, to: 3, points: 9 }", "1 2 3")] // of whole numbers
    public void A_range_has_points_in_a_grid(string key, string range, string values) =>
        Points($"over: {{ {key}: {range} }}").ShouldBe(values.Split(' ').Select(v => $"{key}={v}"));

    [Theory]
    [InlineData("random")]
    [InlineData("sobol")]
    public void What_is_drawn_lies_in_its_range_follows_the_seed_and_is_there_once(string search)
    {
        string File(int seed) => $"search: {search}\nruns: 40\nseed: {seed}\n"
            + "over:\n  optimizer.lr: { from: 0.001, to: 0.1, scale: log }\n  batch: { from: 4, to: 7 }\n  trainable: [head, all]";
        var points = Points(File(1));
        points.Length.ShouldBe(40);
        points.Distinct().Count().ShouldBe(40);
        points.ShouldBe(Points(File(1)));
        points.ShouldNotBe(Points(File(2)));
        var values = points.Select(p => p.Split(' ').Select(s => s.Split('=')[1]).ToArray()).ToArray();
        var rates = values.Select(v => double.Parse(v[0], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        rates.ShouldAllBe(r => r >= 0.001 && r <= 0.1);
        rates.Count(r => r < 0.01).ShouldBeInRange(14, 26); // a half, on a log scale
        values.Select(v => v[1]).Distinct().Order().ShouldBe(["4", "5", "6", "7"]);
        values.Select(v => v[2]).Distinct().Order().ShouldBe(["all", "head"]);
    }

    [Fact]
    public void Where_there_are_no_more_configurations_fewer_are_drawn() =>
        Points("search: random\nruns: 9\nover: { trainable: [head, all] }").Order().ShouldBe(["trainable=all", "trainable=head"]);

    [Fact]
    public void Blocks_share_what_is_drawn()
    {
        var points = Points("search: sobol\nruns: 5\nover:\n  - { optimizer: sgd, optimizer.lr: { from: 0.1, to: 1 } }\n"
            + "  - { optimizer: adam, optimizer.lr: { from: 0.001, to: 0.01 } }");
        (points.Count(p => p.StartsWith("optimizer=sgd")), points.Count(p => p.StartsWith("optimizer=adam"))).ShouldBe((3, 2));
    }

    [Fact]
    public void Values_that_are_maps_or_lists_or_odd_texts_are_set_as_they_are() =>
        Points("over:\n  optimizer: [{ name: sgd, lr: 1e-3 }]\n  freeze: [[a.*, b], ['it''s']]").ShouldBe(
        [
            """optimizer={"name":"sgd","lr":0.001} freeze=["a.*","b"]""", """optimizer={"name":"sgd","lr":0.001} freeze=["it's"]""",
        ]);

    private static string[] Points(string yaml)
    {
        using var scratch = new Scratch();
        var file = scratch.File("sweep.yaml");
        File.WriteAllText(file, yaml);
        var spec = SweepFile.Read(file);
        return [.. SearchPoints.Of(spec, spec.Runs).Select(p => string.Join(' ', p.Values.Select(v => SweepSetting.Of(v.Key, v.Value))))];
    }
}
