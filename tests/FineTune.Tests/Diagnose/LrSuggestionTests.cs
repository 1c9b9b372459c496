using System.Text.Json;
using FineTune.Diagnose;

namespace FineTune.Tests.Diagnose;

/// <summary>Suggestions against fastai's functions, by scripts/goldens/schedules.py.</summary>
public sealed class LrSuggestionTests
{
    private static readonly JsonElement Goldens = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("schedules.json")))
        .RootElement.GetProperty("lr_find");

    [Fact]
    public void Suggestions_are_fastais()
    {
        Goldens.GetArrayLength().ShouldBeGreaterThan(3);
        foreach (var golden in Goldens.EnumerateArray())
        {
            var points = golden.GetProperty("lrs").EnumerateArray()
                .Zip(golden.GetProperty("losses").EnumerateArray(), (x, y) => new LrPoint(x.GetDouble(), 0, y.GetDouble())).ToArray();
            var suggestion = LrSuggestion.Of(points, golden.GetProperty("iterations").GetInt32());
            suggestion.Valley.ShouldBe(golden.GetProperty("valley").GetDouble(), 1e-15);
            suggestion.Steepest.ShouldBe(golden.GetProperty("steepest").GetDouble(), 1e-15);
            suggestion.MinimumTenth.ShouldBe(golden.GetProperty("minimum").GetDouble(), 1e-15);
        }
    }

    [Fact]
    public void Too_short_a_curve_is_refused()
    {
        var points = Enumerable.Range(1, 17).Select(k => new LrPoint(k, 1, 1)).ToArray();
        Should.Throw<FineTuneException>(() => LrSuggestion.Of(points, 100))
            .Message.ShouldContain("after 17 of 100 learning rates, too few");
        LrSuggestion.Of([.. points, new LrPoint(18, 1, 1)], 100).Valley.ShouldBe(11);
    }
}
