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
}

/// <summary>The table of architectures: a new one is one file beside this and one row here.</summary>
public static class Zoo
{
    private static readonly Lock Adding = new();

    /// <summary>Every architecture, those that an application added last.</summary>
    public static IReadOnlyList<ModelEntry> Models { get; private set; } =
    [
        .. new (string Name, int[] Depths, bool Bottleneck)[]
        {
            ("resnet18", [2, 2, 2, 2], false),
            ("resnet34", [3, 4, 6, 3], false),
            ("resnet50", [3, 4, 6, 3], true),
            ("resnet101", [3, 4, 23, 3], true),
            ("resnet152", [3, 8, 36, 3], true),
        }.Select(r => new ModelEntry(r.Name, "ResNet for ImageNet (He et al. 2015)", n => ResNet.Describe(r.Name, r.Depths, r.Bottleneck, n))),
        .. new[] { 20, 32, 44, 56, 110 }.Select(depth => ($"cifar_resnet{depth}", depth)).Select(m =>
            new ModelEntry(m.Item1, "ResNet for CIFAR, option A shortcuts (He et al. 2015, 4.2)", n => CifarResNet.Describe(m.Item1, m.depth, n))),
        .. new[] { ("mobilenet_v1", 1.0), ("mobilenet_v1_075", 0.75), ("mobilenet_v1_050", 0.5), ("mobilenet_v1_025", 0.25) }.Select(m =>
            new ModelEntry(m.Item1, $"MobileNet x{m.Item2:0.00}, leaky ReLU 0.1 (Howard et al. 2017)", n => MobileNetV1.Describe(m.Item1, m.Item2, n))),
    ];

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
