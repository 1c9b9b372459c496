using System.Text.Json;

namespace FineTune.Tests.Optimize;

/// <summary>A trajectory that scripts/goldens/optimizers.py wrote, and the task it is of.</summary>
/// <param name="Spec">The optimizer as a recipe writes it.</param>
/// <param name="Rows">Rows of the weights.</param>
/// <param name="Columns">Columns of the weights.</param>
/// <param name="Marks">Some of w after so many steps.</param>
internal sealed record OptimizerGolden(NamedSpec Spec, int Rows, int Columns, IReadOnlyDictionary<int, double[]> Marks)
{
    /// <summary>Weights of the task in one row: no multiple of a vector register.</summary>
    public const int Count = 37;

    /// <summary>Every case.</summary>
    public static IReadOnlyList<OptimizerGolden> All { get; } =
    [
        .. JsonDocument.Parse(File.ReadAllText(Repo.Goldens("Optimize/optimizers.json"))).RootElement.GetProperty("cases").EnumerateArray()
            .Select(c => new OptimizerGolden(
                new NamedSpec(c.GetProperty("name").GetString()!,
                    c.GetProperty("options").EnumerateObject().ToDictionary(o => o.Name, o => (object?)Plain(o.Value))),
                c.GetProperty("shape")[0].GetInt32(),
                c.GetProperty("shape")[1].GetInt32(),
                c.GetProperty("w").EnumerateObject()
                    .ToDictionary(m => int.Parse(m.Name), m => m.Value.EnumerateArray().Select(v => v.GetDouble()).ToArray()))),
    ];

    /// <summary>Where it starts.</summary>
    public static double Start(int i) => Math.Sin((0.7 * i) + 0.3);

    /// <summary>The gradient at w_i before step t + 1.</summary>
    public static double Gradient(double w, int i, int t) => ((0.1 + (0.05 * (i % 7))) * w) + Math.Cos((0.3 * i) + (0.11 * t));

    /// <summary>The learning rate of step t + 1.</summary>
    public double Lr(int t) => Number("lr") * Math.Pow(0.99, t);

    /// <summary>The weights that a golden keeps: every fifth and the last.</summary>
    public static double[] Kept(double[] w) => [.. w.SkipLast(1).Where((_, i) => i % 5 == 0), w[^1]];

    /// <summary>The gradient at w.</summary>
    public static double[] Gradient(double[] w, int t) => [.. w.Select((v, i) => Gradient(v, i, t))];

    public double Number(string option) => Spec.Options.GetValueOrDefault(option) is double value ? value : 0;

    public bool Flag(string option) => Spec.Options.GetValueOrDefault(option) is true;

    private static object Plain(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetBoolean();
}
