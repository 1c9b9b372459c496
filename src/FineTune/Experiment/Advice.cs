using FineTune.Evaluate;
using FineTune.Experiment.Auto;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Transfer;
using static System.FormattableString;

namespace FineTune.Experiment;

/// <summary>Looks at a run as it goes and at its end, and says what stands out and what to try: a sentence each, each once.</summary>
/// <param name="recipe">The run's.</param>
/// <param name="classes">Class names.</param>
/// <param name="plan">What recipe auto decided; null for another recipe.</param>
public sealed class Advice(Recipe recipe, IReadOnlyList<string> classes, Plan? plan = null)
{
    private const int Few = 3, Long = 5; // epochs
    private const double Flat = 0.01, Guessing = 0.03, Rise = 0.1, Right = 0.995, Gap = 0.15, NearlyStill = 0.1;

    private readonly List<TrainEvent.EpochEnded> _epochs = [];
    private readonly List<string> _said = [];

    /// <summary>Everything said so far, in order.</summary>
    public IReadOnlyList<string> Said => _said;

    /// <summary>What an epoch's end gives rise to say.</summary>
    /// <param name="e">The event.</param>
    public IReadOnlyList<string> After(TrainEvent e)
    {
        if (e is not TrainEvent.EpochEnded ended)
            return [];
        _epochs.Add(ended);
        return Say(StillGuessing(), FlatLoss(), RisingLoss());
    }

    /// <summary>What the end of a run gives rise to say.</summary>
    /// <param name="chosen">What the run's result says about the validation images.</param>
    /// <param name="bestEpoch">The epoch of the best weights, from 0; -1: the fitted head that the run began with.</param>
    public IReadOnlyList<string> AtEnd(Predictions chosen, int bestEpoch) =>
        _epochs.Count == 0 ? []
            : Say(Memorised(), BestAtFirst(bestEpoch), StillBetter(bestEpoch), NeverPredicted(chosen), AtEdge(bestEpoch));

    private bool IsAuto => plan is not null && recipe.Phases.Count == 0 && recipe.Unfreeze == 0;

    /// <summary>How to set another learning rate: alone it would turn recipe auto off.</summary>
    private string SetLr => plan is null ? "--lr" : "--lr with --set recipe=auto";

    private string FewerLayers => recipe.Trainable == FreezeLine.All && recipe.Phases.Count == 0 && recipe.Unfreeze == 0
        ? " or fewer trainable layers (--set trainable=last-2)"
        : string.Empty;

    private string[] Say(params IReadOnlyList<string?> sentences)
    {
        string[] fresh = [.. sentences.OfType<string>().Where(s => !_said.Any(old => Same(old, s)))];
        _said.AddRange(fresh);
        return fresh;
    }

    /// <summary>The same advice, whatever its numbers.</summary>
    private static bool Same(string a, string b) => a.AsSpan(0, Math.Min(a.Length, 24)).SequenceEqual(b.AsSpan(0, Math.Min(b.Length, 24)));

    private string? StillGuessing()
    {
        var chance = Math.Log(classes.Count);
        return _epochs.Count >= Few && _epochs.TakeLast(Few).All(e => Math.Abs(e.TrainLoss - chance) < Guessing * chance)
            ? Invariant($"The training loss is still that of guessing ({chance:0.00} for {classes.Count} classes): the head hardly moves. ")
                + (plan is null ? "Try a learning rate ten times as high (--lr), or recipe auto." : $"Try one ten times as high ({SetLr}).")
            : null;
    }

    private string? FlatLoss()
    {
        var last = _epochs.TakeLast(Long).ToArray();
        var mean = last.Average(e => e.TrainLoss);
        return last.Length == Long && StillGuessing() is null && last.Max(e => Math.Abs(e.TrainLoss - mean)) < Flat * mean
            && last[^1].TrainTop1 < 1 - Gap && last[^1].Lr > NearlyStill * _epochs.Max(e => e.Lr)
            ? Invariant($"The training loss has been flat for {Long} epochs ({mean:0.00}). ")
                + $"Try a higher learning rate ({SetLr}), or more trainable layers (--set trainable=all)."
            : null;
    }

    private string? RisingLoss()
    {
        var last = _epochs.TakeLast(Few).Select(e => e.TrainLoss).ToArray();
        var clear = Rise * Math.Log(classes.Count); // of what guessing costs: a loss near 0 goes up and down by more than itself
        return last.Length == Few && last[0] < last[1] && last[1] < last[2] && last[2] > _epochs.Min(e => e.TrainLoss) + clear
            ? Invariant($"The training loss has been rising for {Few} epochs (to {last[^1]:0.00}): the learning rate is too high. ")
                + $"Try a third of it ({SetLr})."
            : null;
    }

    private string? Memorised()
    {
        var last = _epochs[^1];
        return last.TrainTop1 >= Right && last.TrainTop1 - last.Validation.Top1 > Gap
            ? Invariant($"Training accuracy is {100 * last.TrainTop1:0}%, validation {100 * last.Validation.Top1:0}%: the network has ")
                + $"memorised the training images. More images help most; try stronger augmentation "
                + $"(--set augment=lecture: crops, flips, colours){FewerLayers}."
            : null;
    }

    private string? BestAtFirst(int best) => (best, _epochs.Count) switch
    {
        (-1, _) => "No epoch was better than the fitted head that the run began with, which is the result. More images help most; "
            + $"a lower learning rate may help too ({SetLr}).",
        (0, >= Long) => $"Validation was best after the first epoch. Try a lower learning rate ({SetLr}){FewerLayers}.",
        _ => null,
    };

    private string Longer =>
        IsAuto && plan!.Decisions.Any(d => d is { What: "length", Reason: not Plan.LengthIsGiven })
            ? "--minutes"
            : $"--epochs {2 * recipe.Epochs}";

    private string? StillBetter(int best) => best >= Few && best == _epochs[^1].Epoch && best == recipe.Epochs - 1
        ? $"Validation was best in the last epoch: a longer run may be better ({Longer})."
        : null;

    private string? NeverPredicted(Predictions chosen)
    {
        var predicted = Enumerable.Range(0, chosen.Count).Select(chosen.Predicted).ToHashSet();
        string[] never = [.. chosen.Labels.Distinct().Order().Where(k => !predicted.Contains((int)k)).Select(k => $"'{classes[(int)k]}'")];
        var more = never.Length > Few ? $" and {never.Length - Few} more classes" : string.Empty;
        return never.Length == 0 ? null
            : $"No validation image is predicted as {string.Join(", ", never.Take(Few))}{more}. "
                + "Look at their images in the report; where they are few, try --set sampling=balanced.";
    }

    private string? AtEdge(int bestEpoch)
    {
        if (plan?.Bound is not { } bound || (bound == "highest" && (bestEpoch <= 0 || Memorised() is not null)))
            return null;
        var lr = Optimizers.Lr(recipe.Optimizer);
        var (word, other) = bound == "highest" ? ("higher", 2 * lr) : ("lower", lr / 2);
        return Invariant($"The learning rate {lr:0.####} is the {bound} that recipe auto considers: a {word} one may be better ")
            + $"(--set recipe=auto \"optimizer={recipe.Optimizer.With("lr", other).Yaml}\").";
    }
}
