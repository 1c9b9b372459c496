using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Transfer;
using static System.FormattableString;

namespace FineTune.Experiment.Auto;

/// <summary>
/// Finds the learning rate and what trains: a range test says at which rate training diverges, and short trainings with all layers
/// and with the upper half of the stages are compared on training images that they did not see.
/// </summary>
/// <param name="folds">Parts of the training images, each with the rest as its validation split.</param>
/// <param name="inspection">What is known of the files.</param>
/// <param name="decoded">Decoded images.</param>
/// <param name="decide">Told what was decided: what, value, reason.</param>
internal sealed class Race(IReadOnlyList<Dataset> folds, Inspection inspection, DecodedCache decoded, Action<string, string, string> decide)
{
    private const double Share = 0.15; // of the run's steps, for range test and short trainings together
    private const int RangeSteps = 20, FewestSteps = 10, MostSteps = 60;
    private const double From = 0.1, To = 300; // of the range test, in units of the optimizer's usual rate
    private const double LowestEdge = 15, HighestEdge = 45; // bounds of the rate at which training diverges, in the same
    private const double Rises = 1.5; // a loss so many times the one at the start is divergence
    private const double BelowEdge = 60; // how far below it a whole run trains
    private const double Clear = 0.1; // lower NLL, as a part of it, that is not for the shortness of the trials alone
    private const double TooSlow = 2; // times the seconds that a step may take

    /// <summary>lowest or highest, where the learning rate lies at that end of the range that is considered; else null.</summary>
    public string? Bound { get; private set; }

    /// <summary>Seconds of a step of what trains, as measured.</summary>
    public double StepSeconds { get; private set; }

    /// <summary>The recipe with a learning rate, where it has none, and with a freeze line, where that is free.</summary>
    /// <param name="recipe">What is decided so far.</param>
    /// <param name="lineIsFree">Whether what trains is to be decided.</param>
    /// <param name="steps">Steps that the run is to have: deciding has a part of them.</param>
    /// <param name="seconds">The time that the run has; null: as long as it takes.</param>
    /// <param name="trials">Gets what was tried.</param>
    /// <param name="stop">Ends it.</param>
    public Recipe Run(Recipe recipe, bool lineIsFree, long steps, double? seconds, List<PlanTrial> trials, CancellationToken stop)
    {
        var given = recipe.Optimizer.Options.ContainsKey("lr");
        if (given && !lineIsFree && seconds is null)
            return recipe;
        var usual = Optimizers.Lr(recipe.Optimizer);
        using var first = new Trial(recipe, folds[0], inspection, decoded);
        if (!given)
            recipe = WithLr(recipe, first.Parts, usual, stop);
        if (!lineIsFree)
        {
            StepSeconds = first.Train(Optimizers.Lr(recipe.Optimizer), FewestSteps, stop).Seconds / FewestSteps;
            return recipe;
        }

        var budget = ((Share * steps) - (given ? 0 : RangeSteps)) / (2 * folds.Count);
        return WithLine(recipe, first, (int)Math.Clamp(budget, FewestSteps, MostSteps), seconds / steps, trials, stop);
    }

    private Recipe WithLr(Recipe recipe, TrainerParts parts, double usual, CancellationToken stop)
    {
        var options = new LrRangeOptions { From = From * usual, To = To * usual, Iterations = RangeSteps, Smoothing = 0.5, Diverged = 5 };
        var points = LrRangeTest.Points(parts, options, null, stop);
        var start = points.Take(4).Average(p => p.Loss);
        var edge = Enumerable.Reverse(points).TakeWhile(p => p.Smoothed > Rises * start).LastOrDefault()?.Lr ?? points[^1].Lr;
        Bound = edge <= LowestEdge * usual ? "lowest" : edge >= HighestEdge * usual ? "highest" : null;
        var lr = Math.Clamp(edge, LowestEdge * usual, HighestEdge * usual) / BelowEdge;
        decide(
            "learning rate",
            Invariant($"{lr:0.####}"),
            Invariant($"a sixtieth of the {edge:0.###} from which on the loss rose in a range test of {points.Count} steps, ")
                + Invariant($"within {LowestEdge * usual / BelowEdge:0.####} and {HighestEdge * usual / BelowEdge:0.####}"));
        return recipe with { Optimizer = recipe.Optimizer.With("lr", lr) };
    }

    private Recipe WithLine(Recipe recipe, Trial all, int steps, double? affordable, List<PlanTrial> trials, CancellationToken stop)
    {
        var stages = FreezeLine.LearningStages(all.Parts.Network).Count();
        var upper = Invariant($"last-{Math.Max(1, stages / 2)}");
        var lr = Optimizers.Lr(recipe.Optimizer);
        var (start, whole) = Compare(all, recipe, lr, steps, stop);
        var half = recipe with { Trainable = upper };
        using var upperTrial = new Trial(half, folds[0], inspection, decoded);
        var (_, part) = Compare(upperTrial, half, lr, steps, stop);
        trials.AddRange([start, whole, part]);
        StepSeconds = whole.Seconds / (steps * folds.Count);
        if (StepSeconds > TooSlow * affordable)
        {
            StepSeconds = part.Seconds / (steps * folds.Count);
            decide(
                "trainable",
                upper,
                Invariant($"a step with all {stages} stages takes {1000 * whole.Seconds / (steps * folds.Count):0} ms, too long for ")
                    + Invariant($"the time there is; with {upper} {1000 * StepSeconds:0} ms"));
            return half;
        }

        var better = part.Nll < Math.Min(start.Nll, whole.Nll * (1 - Clear)); // a short training that spoils both says nothing
        StepSeconds = (better ? part : whole).Seconds / (steps * folds.Count);
        decide(
            "trainable",
            better ? upper : FreezeLine.All,
            Invariant($"NLL of {start.HeldOut} held-out images after {steps} steps: {whole.Nll:0.000} with all {stages} stages, ")
                + Invariant($"{part.Nll:0.000} with {upper}, {start.Nll:0.000} before"));
        return better ? half : recipe;
    }

    /// <summary>The start and the end of a short training, over all folds.</summary>
    private (PlanTrial Start, PlanTrial End) Compare(Trial first, Recipe recipe, double lr, int steps, CancellationToken stop)
    {
        var (starts, ends) = (new List<PlanTrial>(), new List<PlanTrial>());
        foreach (var fold in folds)
        {
            using var other = fold == folds[0] ? null : new Trial(recipe, fold, inspection, decoded);
            starts.Add((other ?? first).Start());
            ends.Add((other ?? first).Train(lr, steps, stop));
        }

        return (Together(starts), Together(ends));
    }

    private static PlanTrial Together(List<PlanTrial> rows)
    {
        var images = rows.Sum(r => r.HeldOut);
        return rows[0] with
        {
            HeldOut = images,
            Top1 = rows.Sum(r => r.Top1 * r.HeldOut) / images,
            Nll = rows.Sum(r => r.Nll * r.HeldOut) / images,
            Seconds = rows.Sum(r => r.Seconds),
        };
    }
}
