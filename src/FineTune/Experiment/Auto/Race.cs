using System.Globalization;
using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Transfer;
using static System.FormattableString;

namespace FineTune.Experiment.Auto;

/// <summary>
/// Finds the learning rate, the optimizer and what trains: a range test says at which rate training diverges, and short trainings are
/// compared on training images that they did not see.
/// </summary>
/// <param name="folds">Parts of the training images, each with the rest as its validation split; none: they are too few to compare.</param>
/// <param name="all">All of them, to train on.</param>
/// <param name="inspection">What is known of the files.</param>
/// <param name="decoded">Decoded images.</param>
/// <param name="decide">Told what was decided: what, value, reason.</param>
/// <param name="late">Whether the time for deciding has passed: what is not measured by then stays as it usually is.</param>
internal sealed class Race(
    IReadOnlyList<Dataset> folds,
    Dataset all,
    Inspection inspection,
    DecodedCache decoded,
    Action<string, string, string> decide,
    Func<bool> late)
{
    /// <summary>Of the run's steps, for range test and short trainings together; of its time, where that is limited.</summary>
    public const double Share = 0.2;

    private const string NoTimeForOthers = "there is no time to compare it with others";
    private const string NoTimeForLine = "there is no time to compare it with fewer layers";
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

    /// <summary>
    /// AdamW as fastai has it, with lr / 100 at the input: it fits new kinds of images sooner than gradient descent does.
    /// </summary>
    public static NamedSpec AdamW { get; } = new NamedSpec("adamw")
        .With("lr", 0.002).With("beta2", 0.99).With("eps", 1e-5).With("weight_decay", 0.01).With("slice", 100.0);

    /// <summary>The recipe with a learning rate, where it has none, and an optimizer and a freeze line, where these are free.</summary>
    /// <param name="recipe">What is decided so far.</param>
    /// <param name="optimizerIsFree">Whether <see cref="AdamW"/> may take the place of the recipe's.</param>
    /// <param name="lineIsFree">Whether what trains is to be decided.</param>
    /// <param name="steps">Steps that the run is to have: deciding has a part of them.</param>
    /// <param name="seconds">The time that the run has; null: as long as it takes.</param>
    /// <param name="trials">Gets what was tried.</param>
    /// <param name="stop">Ends it.</param>
    public Recipe Run(
        Recipe recipe, bool optimizerIsFree, bool lineIsFree, long steps, double? seconds, List<PlanTrial> trials, CancellationToken stop)
    {
        var given = recipe.Optimizer.Options.ContainsKey("lr");
        if (given && !optimizerIsFree && !lineIsFree && seconds is null)
            return recipe;
        var usual = Optimizers.Lr(recipe.Optimizer);
        using var first = new Trial(recipe, folds.Count > 0 ? folds[0] : all, inspection, decoded);
        if (!given)
            recipe = late() ? WithUsualLr(recipe, usual) : WithLr(recipe, first.Parts, usual, stop);
        if (folds.Count == 0 || late())
        {
            if (optimizerIsFree)
                decide("optimizer", recipe.Optimizer.ToString(), folds.Count == 0 ? Few : NoTimeForOthers);
            if (lineIsFree)
                decide("trainable", recipe.Trainable, folds.Count == 0 ? Few : NoTimeForLine);
            (optimizerIsFree, lineIsFree) = (false, false);
        }

        var contestants = 1 + (optimizerIsFree ? 1 : 0) + (lineIsFree ? 1 : 0);
        var budget = ((Share * steps) - (given ? 0 : RangeSteps)) / (contestants * Math.Max(1, folds.Count));
        var each = (int)Math.Clamp(budget, FewestSteps, MostSteps);
        if (contestants == 1)
        {
            if (seconds is not null)
                StepSeconds = first.Train(Optimizers.Lr(recipe.Optimizer), FewestSteps, stop).Seconds / FewestSteps;
            return recipe;
        }

        return Contest(recipe, first, optimizerIsFree, lineIsFree, each, seconds / steps, trials, stop);
    }

    private Recipe WithUsualLr(Recipe recipe, double usual)
    {
        var lr = TwoDigits((LowestEdge + HighestEdge) / 2 * usual / BelowEdge);
        decide("learning rate", Invariant($"{lr:0.####}"), "the middle of the range that is considered: there is no time for a range test");
        return recipe with { Optimizer = recipe.Optimizer.With("lr", lr) };
    }

    private Recipe WithLr(Recipe recipe, TrainerParts parts, double usual, CancellationToken stop)
    {
        var options = new LrRangeOptions { From = From * usual, To = To * usual, Iterations = RangeSteps, Smoothing = 0.5, Diverged = 5 };
        var points = LrRangeTest.Points(parts, options, null, stop);
        var start = points.Take(4).Average(p => p.Loss);
        var edge = Enumerable.Reverse(points).TakeWhile(p => p.Smoothed > Rises * start).LastOrDefault()?.Lr ?? points[^1].Lr;
        Bound = edge <= LowestEdge * usual ? "lowest" : edge >= HighestEdge * usual ? "highest" : null;
        var lr = TwoDigits(Math.Clamp(edge, LowestEdge * usual, HighestEdge * usual) / BelowEdge);
        decide(
            "learning rate",
            Invariant($"{lr:0.####}"),
            Invariant($"a sixtieth of the {edge:0.###} from which on the loss rose in a range test of {points.Count} steps, ")
                + Invariant($"held between {LowestEdge * usual / BelowEdge:0.#####} and {HighestEdge * usual / BelowEdge:0.#####}"));
        return recipe with { Optimizer = recipe.Optimizer.With("lr", lr) };
    }

    private string Few =>
        Invariant($"too few training images ({all.Split(SplitName.Train).Count}, or one of a class) to hold some out and compare");

    /// <summary>Gradient descent with all layers, AdamW with all layers, and gradient descent with the upper half of the stages.</summary>
    private Recipe Contest(
        Recipe recipe,
        Trial first,
        bool optimizerIsFree,
        bool lineIsFree,
        int steps,
        double? affordable,
        List<PlanTrial> trials,
        CancellationToken stop)
    {
        var (start, plain) = Compare(first, recipe, steps, stop);
        trials.AddRange([start, plain]);
        var (best, result) = (recipe, plain);
        if (optimizerIsFree)
        {
            var adam = recipe with { Optimizer = AdamW };
            using var trial = new Trial(adam, folds[0], inspection, decoded);
            var (_, end) = Compare(trial, adam, steps, stop);
            trials.Add(end);
            if (end.Nll < Math.Min(start.Nll, plain.Nll))
                (best, result) = (adam, end);
            var kept = best == recipe && end.Nll < plain.Nll
                ? $"; neither improved on the fitted head in so few steps, so the usual one is kept"
                : string.Empty;
            decide(
                "optimizer",
                best.Optimizer.ToString(),
                Invariant($"NLL of {start.HeldOut} held-out training images after {steps} steps: ")
                    + Invariant($"{plain.Nll:0.000} with {recipe.Optimizer.Name}, ")
                    + Invariant($"{end.Nll:0.000} with {adam.Optimizer.Name}, {start.Nll:0.000} before{kept}"));
        }

        StepSeconds = result.Seconds / (steps * folds.Count);
        if (lineIsFree && !late())
            return WithLine(recipe, best, start, result, steps, affordable, trials, stop);
        if (lineIsFree)
            decide("trainable", best.Trainable, NoTimeForLine);
        return best;
    }

    private Recipe WithLine(
        Recipe recipe,
        Recipe best,
        PlanTrial start,
        PlanTrial whole,
        int steps,
        double? affordable,
        List<PlanTrial> trials,
        CancellationToken stop)
    {
        using var network = Zoo.Create(recipe.Model, 2);
        var stages = FreezeLine.LearningStages(network).Count();
        var half = recipe with { Trainable = Invariant($"last-{Math.Max(1, stages / 2)}") };
        using var trial = new Trial(half, folds[0], inspection, decoded);
        var (_, part) = Compare(trial, half, steps, stop);
        trials.Add(part);
        var seconds = part.Seconds / (steps * folds.Count);
        var tooSlow = StepSeconds > TooSlow * affordable;
        var needed = Math.Min(start.Nll, whole.Nll * (1 - Clear)); // a short training that spoils both says nothing
        var better = part.Nll < needed;
        var kept = better || part.Nll >= whole.Nll ? string.Empty
            : part.Nll < start.Nll ? "; less than a tenth lower, so all are kept"
            : Invariant($"; neither improved on the fitted head ({start.Nll:0.000}) in so few steps, so all are kept");
        decide(
            "trainable",
            tooSlow || better ? half.Trainable : FreezeLine.All,
            tooSlow
                ? Invariant($"a step with all {stages} stages takes {1000 * StepSeconds:0} ms, too long for the time; ")
                    + Invariant($"else {1000 * seconds:0} ms")
                : Invariant($"NLL after {steps} steps: {whole.Nll:0.000} with all {stages} stages, ")
                    + Invariant($"{part.Nll:0.000} with {half.Trainable}{kept}"));
        if (!tooSlow && !better)
            return best;
        StepSeconds = seconds;
        return half;
    }

    /// <summary>The start and the end of a short training, over all folds.</summary>
    private (PlanTrial Start, PlanTrial End) Compare(Trial first, Recipe recipe, int steps, CancellationToken stop)
    {
        var lr = Optimizers.Lr(recipe.Optimizer);
        var (starts, ends) = (new List<PlanTrial>(), new List<PlanTrial>());
        foreach (var fold in folds)
        {
            using var other = fold == folds[0] ? null : new Trial(recipe, fold, inspection, decoded);
            starts.Add((other ?? first).Start());
            ends.Add((other ?? first).Train(lr, steps, stop));
        }

        return (Together(starts), Together(ends));
    }

    private static double TwoDigits(double value) =>
        double.Parse(value.ToString("0.0e0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

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
