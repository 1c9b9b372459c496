using FineTune.Data;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>A recipe that has a name.</summary>
/// <param name="Name">As a command line or another recipe's `recipe` writes it.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Yaml">Its keys, given the recipe that is asked for so far, and which keys are set beside the name.</param>
/// <param name="FindsLr">
/// Whether a learning rate that is not given is found by a range test, and an epoch of few images made longer.
/// </param>
public sealed record NamedRecipe(string Name, string Summary, Func<Recipe, IReadOnlySet<string>, string> Yaml, bool FindsLr = false);

/// <summary>Recipes by name: what is set beside a name has precedence over it.</summary>
public static class NamedRecipes
{
    /// <summary>The recipe that decides from the data: the default where nothing says how to train.</summary>
    public const string Auto = "auto";

    private const int HyperRuleBatch = 128;

    /// <summary>Every one.</summary>
    public static IReadOnlyList<NamedRecipe> Table { get; } =
    [
        new(Auto, "the default: head, learning rate, length and the rest from your images, the model and --minutes; docs/auto.md",
            (_, _) => string.Empty),
        new(
            "tutorial",
            "PyTorch's transfer-learning tutorial: all layers, batch 4, SGD with lr 0.001, lr / 10 every 7 epochs, 25 epochs",
            (_, _) => """
            augment: tutorial
            optimizer: { name: sgd, lr: 0.001, momentum: 0.9 }
            schedule: { name: step, every: 7 epochs, by: 0.1 }
            epochs: 25
            batch: 4
            """),
        new("head-only", "a new head on frozen features", (_, _) => """
            trainable: head
            optimizer: { name: sgd, lr: 0.01, momentum: 0.9 }
            """),
        new("last-k", "the last two stages; trainable=last-K for another K", (_, _) => """
            trainable: last-2
            optimizer: { name: sgd, lr: 0.005, momentum: 0.9 }
            """),
        new(
            "fine-tune",
            "fastai's fine_tune: 1 epoch of the head, then all layers with half the learning rate, lr / 100 at the input, one-cycle",
            (_, _) => """
            optimizer: { name: adamw, beta2: 0.99, eps: 1e-5, weight_decay: 0.01, slice: 100 }
            epochs: 5
            phases:
              - { trainable: head, epochs: 1, schedule: { name: one-cycle, pct_start: 0.99 } }
              - { lr_scale: 0.5, schedule: { name: one-cycle, pct_start: 0.3, div: 5 } }
            """, FindsLr: true),
        new("linear-probe-then-fine-tune",
            "the head for 5 epochs, then all layers with a tenth of the learning rate (Kumar et al. 2022)", (_, _) => """
            optimizer: { name: sgd, lr: 0.01, momentum: 0.9 }
            epochs: 15
            phases:
              - { trainable: head, epochs: 5, schedule: cosine }
              - { lr_scale: 0.1, schedule: cosine }
            """),
        new("gradual", "gradual unfreezing: one more stage every epoch, from the head down, lr / 100 at the input (Howard and Ruder 2018)",
            (_, _) => """
            unfreeze: 1
            optimizer: { name: adamw, beta2: 0.99, eps: 1e-5, weight_decay: 0.01, slice: 100 }
            schedule: one-cycle
            epochs: 15
            """, FindsLr: true),
        new(
            "bit",
            "BiT-HyperRule: length from the number of images, no weight decay, head initialised with zeros (Kolesnikov et al. 2020)",
            HyperRule),
    ];

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static NamedRecipe Find(string name) =>
        Table.FirstOrDefault(r => r.Name == name) ?? throw Nearest.Unknown("recipe", name, Table.Select(r => r.Name));

    /// <summary>
    /// 500, 10,000 or 20,000 steps, below 20,000, below 500,000 and from there on images, a tenth at 3, 6 and 9 tenths; in the
    /// paper's lighter form, batch 128 and lr 0.001. Mixup, which it has from 20,000 images on, is not part of it here, and
    /// images keep the size that the weights want.
    /// </summary>
    private static string HyperRule(Recipe recipe, IReadOnlySet<string> given)
    {
        if (recipe.Data.Length == 0)
            throw new FineTuneException("The recipe bit computes its length from the number of images; give --data.");
        var (folder, options) = (recipe.Data, recipe.Folder);
        var images = ImageFolder.Open(folder, options).Limited(options.PerClass, options.Seed).Split(SplitName.Train).Count;
        var batch = given.Contains("batch") ? recipe.Batch : Math.Min(HyperRuleBatch, images);
        var (steps, warmup, milestones) = images switch
        {
            < 20_000 => (500, 100, new[] { 200, 300, 400 }),
            < 500_000 => (10_000, 500, [3_000, 6_000, 9_000]),
            _ => (20_000, 500, [6_000, 12_000, 18_000]),
        };
        var loader = new LoaderOptions { BatchSize = Math.Max(1, batch), JoinSingle = true }; // a batch below 1 is refused later
        var perEpoch = loader.BatchesOf(images) * recipe.EpochRepeats;
        return FormattableString.Invariant($$"""
            head: { init: zero }
            optimizer: { name: sgd, lr: 0.001, momentum: 0.9 }
            schedule: { name: multi-step, warmup: {{warmup}} steps, milestones: [{{string.Join(", ", milestones.Select(m => $"{m - warmup} steps"))}}], by: 0.1 }
            epochs: {{(steps + perEpoch - 1) / perEpoch}}
            batch: {{batch}}
            """);
    }
}
