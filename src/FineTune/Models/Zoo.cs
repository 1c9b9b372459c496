using FineTune.Engine;
using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>One architecture of the zoo.</summary>
/// <param name="Name">Its name, torchvision's where there is one.</param>
/// <param name="Description">A line about it.</param>
/// <param name="Create">Makes it for a number of classes, with initial values from the engine's generator.</param>
public sealed record ModelEntry(string Name, string Description, Func<int, Network> Create)
{
    /// <summary>An architecture that is described.</summary>
    internal ModelEntry(string name, string description, Func<int, NetworkGraph> describe)
        : this(name, description, classes => new Network(describe(classes))) => Describe = describe;

    /// <summary>Its description for a number of classes, which needs no engine; null for an application's own module.</summary>
    internal Func<int, NetworkGraph>? Describe { get; }

    /// <summary>
    /// Its sizes for a number of classes, by its description alone: no engine is loaded. Null for an application's own module.
    /// </summary>
    /// <param name="classes">Outputs of the head.</param>
    public ModelSize? Size(int classes) => Describe?.Invoke(classes) is { } graph ? new ModelSize(graph.Preprocessing, graph.Measure()) : null;
}

/// <summary>The table of architectures: a new one is one file beside this and one row in <see cref="Families"/>.</summary>
public static class Zoo
{
    private static readonly Lock Adding = new();

    /// <summary>Every architecture, those that an application added last.</summary>
    public static IReadOnlyList<ModelEntry> Models { get; private set; } = [.. Families.All];

    /// <summary>Makes a network with initial values that are a function of the seed alone.</summary>
    /// <param name="name">A name of the table.</param>
    /// <param name="classes">Outputs of the head.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static Network Create(string name, int classes, long seed = 0)
    {
        var entry = Find(name);
        TorchEngine.Load();
        Seeding.Seed(new RandomKey(seed, 0, 0, RandomUse.Initialise).ToSeed());
        return entry.Create(classes);
    }

    /// <summary>Adds an application's own architecture: recipes, runs and weights files name it like the others.</summary>
    /// <param name="entry">Its row.</param>
    /// <exception cref="FineTuneException">There is one of that name.</exception>
    public static void Add(ModelEntry entry)
    {
        lock (Adding)
        {
            if (Models.Any(m => m.Name == entry.Name))
                throw new FineTuneException($"There is a model '{entry.Name}' already; add yours under another name.");
            Models = [.. Models, entry];
        }
    }

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static ModelEntry Find(string name) =>
        Models.FirstOrDefault(m => m.Name == name) ?? throw Nearest.Unknown("model", name, Models.Select(m => m.Name));
}
