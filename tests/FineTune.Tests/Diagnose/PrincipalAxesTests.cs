using System.Text.Json;
using FineTune.Diagnose;
using static TorchSharp.torch;

namespace FineTune.Tests.Diagnose;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class PrincipalAxesTests
{
    private static readonly JsonSerializerOptions CamelCase = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private sealed record Case(double[][] Points, double[][] Places, double[] Shares);

    [Theory]
    [InlineData(0)] // more points than dimensions
    [InlineData(1)] // fewer
    public void Places_and_shares_are_those_of_the_singular_value_decomposition(int index)
    {
        var golden = Cases()[index];
        float[] values = [.. golden.Points.SelectMany(p => p.Select(v => (float)v))];
        using var points = tensor(values, [golden.Points.Length, golden.Points[0].Length]);

        var (places, shares) = PrincipalAxes.Of(points, 3);

        for (var i = 0; i < places.Length; i++)
            places[i].Zip(golden.Places[i]).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-9);
        shares.Zip(golden.Shares).ShouldAllBe(s => Math.Abs(s.First - s.Second) < 1e-12);
    }

    [Fact]
    public void Points_that_are_all_alike_lie_in_the_middle()
    {
        using var points = ones(4, 3);

        var (places, shares) = PrincipalAxes.Of(points, 6);

        places.SelectMany(p => p).ShouldAllBe(v => v == 0);
        shares.ShouldAllBe(s => s == 0);
    }

    private static Case[] Cases()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Goldens", "Diagnose", "principal_axes.json");
        return JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("cases").Deserialize<Case[]>(CamelCase)!;
    }
}
