using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Optimize;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using static System.FormattableString;

namespace FineTune.Experiment.Auto;

/// <summary>Finds the learning rate and what trains: a range test says where training diverges, short trainings below that are compared on held-out training images.</summary>
/// <param name="recipe">What is decided so far.</param>
/// <param name="folds">Parts of the training images, each with the rest as its validation split.</param>
/// <param name="inspection">What is known of the files.</param>
/// <param name="decoded">Decoded images.</param>
/// <param name="freeLine">Whether what trains is to be decided too.</param>
/// <param name="steps">Steps that the run will have: deciding has a part of them.</param>
internal sealed class Race(Recipe recipe, IReadOnlyList<Dataset> folds, Inspection inspection, DecodedCache decoded, bool freeLine, long steps)
{
    private const double Share = 0.2; // of the run's steps
    private const int RangeSteps = 24, FewestSteps = 12, MostSteps = 60, FewestStages = 3;
    private const double From = 0.1, To = 300; // the range test's, in units of the rule's usual rate
    private const double LowestEdge = 10, HighestEdge = 20; // bounds of the rate at which training diverges, in the same
    private const double Rises = 1.5; // a loss so many times the one at the start is divergence
    private const double Clear = 0.03, ClearLine = 0.1; // lower NLL, as a part of it, that says more than chance and than how short the trial is
    private static readonly double[] Below = [20, 6, 60]; // the candidates' distance from divergence, the usual one first

    /// <summary>The recipe with a learning rate and a freeze line.</summary>
    /// <param name="trials">Gets what was tried.</param>
    /// <param name="decide">Told what was decided: what, value, reason.</param>
    /// <param name="stop">Ends it.</param>
    public Recipe Run(List<PlanTrial> trials, Action<string, string, string> decide, CancellationToken stop)
    {
        if (recipe.Optimizer.Options.ContainsKey("lr"))
            return recipe;
        var usual = Optimizers.Lr(recipe.Optimizer);
        var rated = WithLr(recipe, usual);
        using var first = new Trial(rated, folds[0], inspection, decoded);
        var edge = Edge(first.Parts, usual, stop);
        var candidates = Below.Select(b => edge / b).ToArray();
        var each = (int)Math.Clamp(((Share * steps) - RangeSteps) / ((candidates.Length * folds.Count) + 1), FewestSteps, MostSteps);
        var rows = Compare(first, rated, [0, .. candidates], each, stop);
        trials.AddRange(rows);
        var (start, middle) = (rows[0], rows[1]);
        var other = rows.Skip(2).MinBy(r => r.Nll)!;
        var best = other.Nll < middle.Nll * (1 - Clear) ? other : middle;
        decide(
            "learning rate",
            Invariant($"{best.Lr:0.0000}"),
            Invariant($"training diverges at {edge:0.00}; after {each} steps at {string.Join(", ", rows.Skip(1).Select(r => Invariant($"{r.Lr:0.0000}")))} the NLL of {start.HeldOut} held-out images is {string.Join(", ", rows.Skip(1).Select(r => Invariant($"{r.Nll:0.000}")))}, before {start.Nll:0.000}"));
        return WithLine(WithLr(recipe, best.Lr), first.Parts.Network, best, trials, decide, each, stop);
    }

    /// <summary>The upper half of the stages alone, where that is better on held-out images and the recipe does not say.</summary>
    private Recipe WithLine(Recipe rated, Models.Network network, PlanTrial all, List<PlanTrial> trials, Action<string, string, string> decide, int each, CancellationToken stop)
    {
        var stages = FreezeLine.LearningStages(network).Count();
        if (!freeLine || stages < FewestStages)
            return rated;
        var upper = Invariant($"last-{stages / 2}");
        var line = rated with { Trainable = upper };
        using var first = new Trial(line, folds[0], inspection, decoded);
        var half = Compare(first, line, [all.Lr], each, stop).Single();
        trials.Add(half);
        var better = half.Nll < all.Nll * (1 - ClearLine);
        decide(
            "trainable",
            better ? upper : FreezeLine.All,
            Invariant($"held-out NLL {all.Nll:0.000} with all layers, {half.Nll:0.000} with {upper} of {stages} stages"));
        return better ? rated with { Trainable = upper } : rated;
    }

    /// <summary>Each rate on each fold, 0 standing for the start; the folds of a rate together.</summary>
    private PlanTrial[] Compare(Trial first, Recipe rated, double[] rates, int steps, CancellationToken stop)
    {
        var results = new List<PlanTrial>();
        foreach (var fold in folds)
        {
            using var other = fold == folds[0] ? null : new Trial(rated, fold, inspection, decoded);
            var trial = other ?? first;
            results.AddRange(rates.Select(lr => lr == 0 ? trial.Start() : trial.Train(lr, steps, stop)));
        }

        return [.. results.GroupBy(r => r.Lr).Select(Together)];
    }

    private static Recipe WithLr(Recipe recipe, double lr) => recipe with { Optimizer = recipe.Optimizer.With("lr", lr) };

    /// <summary>The learning rate at which the loss rises.</summary>
    private static double Edge(TrainerParts parts, double usual, CancellationToken stop)
    {
        var options = new LrRangeOptions { From = From * usual, To = To * usual, Iterations = RangeSteps, Smoothing = 0.5, Diverged = 5 };
        var points = LrRangeTest.Points(parts, options, null, stop);
        var start = points.Take(4).Average(p => p.Loss);
        var beyond = points.FirstOrDefault(p => p.Smoothed > Rises * start)?.Lr ?? points[^1].Lr;
        return Math.Clamp(beyond, LowestEdge * usual, HighestEdge * usual);
    }

    private static PlanTrial Together(IEnumerable<PlanTrial> folds)
    {
        var rows = folds.ToArray();
        var images = rows.Sum(r => r.HeldOut);
        return rows[0] with { HeldOut = images, Top1 = rows.Sum(r => r.Top1 * r.HeldOut) / images, Nll = rows.Sum(r => r.Nll * r.HeldOut) / images };
    }
}
