using FineTune.Engine;
using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>One architecture of the zoo.</summary>
/// <param name="Name">Its name, torchvision's where there is one.</param>
/// <param name="Description">A line about it.</param>
/// <param name="Create">Makes it for a number of classes, with initial values from the engine's generator.</param>
public sealed record ModelEntry(string Name, string Description, Func<int, Network> Create)
{
    private readonly Configured? _configured;

    /// <summary>An architecture that is described.</summary>
    internal ModelEntry(string name, string description, Func<int, NetworkGraph> describe)
        : this(name, description, classes => new Network(describe(classes))) => Describe = describe;

    /// <summary>An architecture that is described, by options.</summary>
    internal ModelEntry(string name, string description, IReadOnlyList<OptionInfo> options, Configured describe)
        : this(name, description, n => describe(name, new Dictionary<string, object?>(), n)) =>
        (Options, _configured) = (options, describe);

    /// <summary>Options that may follow its name, as in cnn:widths=16-32,convs=1.</summary>
    public IReadOnlyList<OptionInfo> Options { get; } = [];

    /// <summary>Whether torchvision has it, under this name and with these keys.</summary>
    internal bool IsTorchvisions { get; init; }

    /// <summary>Its description for a number of classes, which needs no engine; null for an application's own module.</summary>
    internal Func<int, NetworkGraph>? Describe { get; }

    /// <summary>
    /// Its sizes for a number of classes, by its description alone: no engine is loaded. Null for an application's own module.
    /// </summary>
    /// <param name="classes">Outputs of the head.</param>
    public ModelSize? Size(int classes) =>
        Describe?.Invoke(classes) is { } graph ? new ModelSize(graph.Preprocessing, graph.Measure()) : null;

    /// <summary>The same architecture with options.</summary>
    /// <param name="options">As they follow the name: widths=16-32,convs=1.</param>
    /// <exception cref="FineTuneException">It has no options, or not these.</exception>
    internal ModelEntry With(string options)
    {
        if (_configured is null)
            throw new FineTuneException($"The model {Name} has no options, but ':{options}' follows its name; leave it out.");
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var option in options.Split(','))
        {
            if (option.Split('=') is not [{ Length: > 0 } key, { Length: > 0 } value] || !values.TryAdd(key, value))
            {
                throw new FineTuneException(
                    $"The options of the model {Name} are '{options}'; "
                    + $"each is once and as in {Name}:{Options[0].Name}={Options[0].Default}, "
                    + "with commas between them.");
            }
        }

        var (name, configured) = ($"{Name}:{options}", _configured);
        _ = configured(name, values, 2); // says what is wrong with them
        return new ModelEntry(name, Description, n => configured(name, values, n));
    }
}

/// <summary>Describes an architecture that has options.</summary>
/// <param name="name">The name, options included.</param>
/// <param name="options">By name.</param>
/// <param name="classes">Outputs of the head.</param>
internal delegate NetworkGraph Configured(string name, IReadOnlyDictionary<string, object?> options, int classes);

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
    /// <param name="size">Pixels a side of its images, which a Vision Transformer is built for; null: those of its own input.</param>
    /// <param name="channels">Of its images, 1 or more; 3 is RGB.</param>
    /// <exception cref="FineTuneException">
    /// No such name, the nearest is offered; or an application's own module with other channels than 3.
    /// </exception>
    public static Network Create(string name, int classes, long seed = 0, int? size = null, int channels = (int)NetworkGraph.Channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var entry = Find(name);
        if (entry.Describe is null && channels != NetworkGraph.Channels)
        {
            throw new FineTuneException(
                $"'{name}' is a module of the application, which takes images of its own channels; leave channels out.");
        }
        TorchEngine.Load();
        Seeding.Seed(new RandomKey(seed, 0, 0, RandomUse.Initialise).ToSeed());
        return entry.Describe is { } describe ? new Network(describe(classes).For(size, channels)) : entry.Create(classes);
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

    /// <summary>The row of that name, or with the options that follow it.</summary>
    /// <exception cref="FineTuneException">No such name, the nearest is offered; or options that it has not.</exception>
    public static ModelEntry Find(string name)
    {
        var (bare, options) = name.Split(':', 2) is [var first, var rest] ? (first, rest) : (name, null);
        var entry = Models.FirstOrDefault(m => m.Name == bare) ?? throw Nearest.Unknown("model", bare, Models.Select(m => m.Name));
        return options is null ? entry : entry.With(options);
    }
}
