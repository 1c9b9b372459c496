using System.Globalization;

namespace FineTune.Weights;

/// <summary>How the names and shapes of weights compare with a model's. Batch norm's step counters are left out.</summary>
public sealed record MatchReport
{
    private const int Shown = 3;

    /// <summary>Below this fraction of matching tensors, the weights are called another architecture's.</summary>
    private const double SameArchitecture = 0.5;

    /// <summary>How many tensors the model has.</summary>
    public required int Expected { get; init; }

    /// <summary>What the model has and the weights lack, in the model's order.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>What the weights have and the model lacks, in the weights' order.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>What both have in different shapes, in the model's order.</summary>
    public required IReadOnlyList<Misshapen> Misshapen { get; init; }

    /// <summary>How many tensors agree in name and shape.</summary>
    public int Matched => Expected - Missing.Count - Misshapen.Count;

    /// <summary>True where every tensor has its place.</summary>
    public bool IsExact => Missing.Count + Unexpected.Count + Misshapen.Count == 0;

    /// <summary>
    /// The one module whose tensors alone differ, in their first dimension, such as "fc", where everything else agrees; else null.
    /// </summary>
    public string? OtherHead
    {
        get
        {
            var modules = Misshapen.Select(m => m.Name[..Math.Max(0, m.Name.LastIndexOf('.'))]).Distinct().ToArray();
            var rows = Misshapen.All(m => m.Expected.Skip(1).SequenceEqual(m.Found.Skip(1))); // of other classes
            return rows && modules.Length == 1 && modules[0].Length > 0 && Missing.Count + Unexpected.Count == 0 ? modules[0] : null;
        }
    }

    /// <summary>One sentence: what differs, and what to do.</summary>
    /// <param name="file">The weights' file or name.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="models">Models that they may belong to; null: not known.</param>
    public string Explain(string file, string model, IReadOnlyList<string>? models = null)
    {
        var differences = new[]
        {
            List(Missing, "missing"),
            List(Unexpected, "unexpected"),
            List([.. Misshapen.Select(m => m.ToString())], "of another shape"),
        };
        return $"'{file}' does not fit {model}: of {Expected} tensors {string.Join("; ", differences.OfType<string>())}; "
            + $"{Hint(model, models ?? [])}.";
    }

    private string Hint(string model, IReadOnlyList<string> models)
    {
        if (OtherHead is { } head)
        {
            return $"only the head '{head}' is of another size: give the classes that the weights were trained on, "
                + "or let the head be replaced";
        }
        var fraction = Expected == 0 ? 0 : (double)Matched / Expected;
        var percent = Math.Floor(100 * fraction).ToString(CultureInfo.InvariantCulture);
        return fraction < SameArchitecture
            ? $"only {percent}% match, so these look like the weights of another architecture than {model}: "
                + "name the model that they belong to"
                + (models.Count > 0 ? $", which may be {string.Join(" or ", models)}" : string.Empty)
            : $"{percent}% match, so these look like a variant of {model}: give the model the options that the weights were trained with";
    }

    private static string? List(IReadOnlyList<string> items, string what)
    {
        if (items.Count == 0)
            return null;
        var more = items.Count > Shown ? $" and {items.Count - Shown} more" : string.Empty;
        return $"{items.Count} {(items.Count == 1 ? "is" : "are")} {what} "
            + $"({string.Join(", ", items.Take(Shown).Select(WeightException.Printable))}{more})";
    }
}
