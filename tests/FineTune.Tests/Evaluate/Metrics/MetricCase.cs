using System.Text.Json;
using FineTune.Evaluate;

namespace FineTune.Tests.Evaluate.Metrics;

/// <summary>What scripts/goldens/metrics.py wrote: predictions, and what each metric gives for them.</summary>
internal sealed record MetricCase(Predictions Predictions, JsonElement Expected)
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Evaluate/metrics.json"))).RootElement;

    public static IEnumerable<string> Names => Root.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!);

    public static MetricCase Of(string name)
    {
        var found = Root.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var classes = Enumerable.Range(0, found.GetProperty("classes").GetInt32()).Select(k => $"class {k}").ToArray();
        var labels = found.GetProperty("labels").EnumerateArray().Select(l => l.GetInt64()).ToArray();
        return new MetricCase(new Predictions(classes, labels, Numbers(found.GetProperty("probabilities"))), found);
    }

    /// <summary>Three classifiers on the same 40 images, and what the first one, two and three of them give as an ensemble.</summary>
    public static (Predictions[] Members, JsonElement[] Diversity) Ensemble()
    {
        string[] classes = ["a", "b", "c", "d", "e"];
        var members = Root.GetProperty("members").EnumerateArray().Select(m => new Predictions(classes, new long[40], Numbers(m)));
        return ([.. members], [.. Root.GetProperty("diversity").EnumerateArray()]);
    }

    /// <summary>The number that is expected, or null.</summary>
    public static double? Number(JsonElement of, string name) =>
        of.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(p => p.GetDouble())];
}
