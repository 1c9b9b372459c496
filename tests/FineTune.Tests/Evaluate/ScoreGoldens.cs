using System.Text.Json;
using FineTune.Evaluate;

namespace FineTune.Tests.Evaluate;

/// <summary>What scripts/goldens/evaluate.py wrote.</summary>
internal static class ScoreGoldens
{
    private const int Classes = 7;
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Evaluate/scores.json"))).RootElement;

    /// <summary>One of the two classifiers.</summary>
    public static Predictions Predictions(int classifier)
    {
        var logits = Root.GetProperty("logits")[classifier].EnumerateArray().Select(v => v.GetSingle()).ToArray();
        var probabilities = new double[logits.Length];
        for (var k = 0; k < logits.Length; k += Classes)
            FineTune.Evaluate.Predictions.Softmax(logits.AsSpan(k, Classes), probabilities.AsSpan(k, Classes));
        return new Predictions(
            [.. "abcdefg".Select(c => c.ToString())],
            [.. Root.GetProperty("labels").EnumerateArray().Select(v => v.GetInt64())],
            probabilities);
    }

    /// <summary>Of each of them, and of their mean as number 2.</summary>
    public static double Score(int classifier, string name) => Root.GetProperty("scores")[classifier].GetProperty(name).GetDouble();

    public static double[][] Rows(string table) =>
        [.. Root.GetProperty(table).EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray())];
}
