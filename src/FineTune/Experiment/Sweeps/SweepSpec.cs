using System.Globalization;

namespace FineTune.Experiment.Sweeps;

/// <summary>How the values to be tried are found.</summary>
public enum SearchKind
{
    /// <summary>Every combination.</summary>
    Grid,

    /// <summary>Drawn at random, each key for itself (Bergstra and Bengio 2012).</summary>
    Random,

    /// <summary>A scrambled Sobol sequence: spread more evenly than at random.</summary>
    Sobol,
}

/// <summary>What a sweep file says.</summary>
public sealed record SweepSpec
{
    /// <summary>Keys of the recipe that all runs begin from.</summary>
    internal Dictionary<string, object?> Base { get; init; } = [];

    /// <summary>key=value over it, in order.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>What varies; each block is searched for itself.</summary>
    public required IReadOnlyList<IReadOnlyList<SweepAxis>> Over { get; init; }

    /// <summary>How values are found. Default: grid.</summary>
    public SearchKind Search { get; init; }

    /// <summary>Configurations to be tried, of random and sobol; null: those of a grid, or as many as Hyperband asks for.</summary>
    public int? Runs { get; init; }

    /// <summary>Decides what random and sobol draw. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>The seeds that each configuration is trained with. Default: none, the recipe's own.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [];

    /// <summary>Folds that each configuration is trained on in turn; 0 (default): the recipe's split.</summary>
    public int Folds { get; init; }

    /// <summary>Which configurations are trained to the end; null (default): all.</summary>
    public HalvingOptions? Halving { get; init; }

    /// <summary>The metric that is chosen by, val_top1 (default) or val_nll.</summary>
    public string Choose { get; init; } = ChooseWords[0];

    /// <summary>What <see cref="Choose"/> may be.</summary>
    public static IReadOnlyList<string> ChooseWords { get; } = ["val_top1", "val_nll"];
}

/// <summary>Successive halving (Jamieson and Talwalkar 2016): all begin, and only the best go on.</summary>
/// <param name="Keep">One of so many goes on, at least 2.</param>
/// <param name="First">Epochs after which is chosen first, at least 1.</param>
/// <param name="Brackets">
/// Whether the configurations are tried in several brackets, of which each begins with fewer and trains them longer (Hyperband,
/// Li et al. 2018).
/// </param>
public sealed record HalvingOptions(int Keep, int First, bool Brackets);

/// <summary>A key that varies: a list of values, or a range.</summary>
/// <param name="Key">Its path, as in optimizer.lr.</param>
/// <param name="Values">The values; null where it is a range.</param>
/// <param name="Range">The range; null where it is a list.</param>
public sealed record SweepAxis(string Key, IReadOnlyList<object?>? Values, SweepRange? Range)
{
    /// <summary>Its values in a grid.</summary>
    /// <exception cref="FineTuneException">It is a range that does not say how many points it has.</exception>
    public IReadOnlyList<object?> Grid => Values ?? Range!.Grid(Key);

    /// <summary>Whether it has more than one value.</summary>
    public bool Varies => Values is not { Count: 1 };

    /// <summary>The value at a place.</summary>
    /// <param name="at">In [0, 1).</param>
    public object? At(double at) => Values is { } values ? values[(int)(at * values.Count)] : Range!.At(at);
}

/// <summary>Numbers between two.</summary>
/// <param name="From">The smallest.</param>
/// <param name="To">The largest.</param>
/// <param name="IsLog">Whether equal steps are equal factors.</param>
/// <param name="IsWhole">Whether they are whole numbers.</param>
/// <param name="Points">Of a grid; null: it cannot be one.</param>
public sealed record SweepRange(double From, double To, bool IsLog, bool IsWhole, int? Points)
{
    private const int Digits = 4; // of a value that is drawn: more would say nothing

    /// <summary>Its values in a grid.</summary>
    internal IReadOnlyList<object?> Grid(string key)
    {
        if (Points is not { } points)
            throw new FineTuneException($"The range of {key} has no `points`, how many values a grid has of it; give them, or a list.");
        return [.. Enumerable.Range(0, points).Select(k => Between(points == 1 ? 0 : (double)k / (points - 1))).Distinct()];
    }

    /// <summary>The value at a place in [0, 1).</summary>
    internal object? At(double at) => IsWhole && !IsLog ? (object?)(long)Math.Floor(From + (at * (To - From + 1))) : Between(at);

    private object? Between(double at)
    {
        var value = IsLog ? Math.Exp(Math.Log(From) + (at * (Math.Log(To) - Math.Log(From)))) : From + (at * (To - From));
        value = Math.Clamp(value, From, To); // rounding may lead out
        object rounded = IsWhole
            ? (long)Math.Round(value)
            : (object)double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return rounded;
    }
}
