using System.Text.Json.Nodes;
using FineTune.Experiment.Sweeps;

namespace FineTune.Tests.Experiment.Sweeps;

/// <summary>Who goes on, by the plan and the metrics alone.</summary>
public sealed class HalvingTests
{
    [Fact]
    public void Brackets_of_Hyperband_are_those_of_its_paper()
    {
        // Li et al. 2018, table 1: R = 81, eta = 3
        var ladder = Halving.Ladder(Spec(new HalvingOptions(3, 1, Brackets: true)), 81);
        ladder.Select(b => string.Join(' ', b.Select(r => $"{r.Count}x{r.Epochs}"))).ShouldBe(
        [
            "81x1 27x3 9x9 3x27 1x0", "34x3 11x9 3x27 1x0", "15x9 5x27 1x0", "8x27 2x0", "5x0",
        ]);
    }

    [Theory]
    [InlineData(24, 18, 2, 3, "24x2 8x6 2x0")]
    [InlineData(10, 20, 5, 2, "10x5 5x10 2x0")]
    [InlineData(4, 3, 1, 4, "4x1 1x0")]
    [InlineData(2, 30, 1, 3, "2x1 1x3 1x10 1x0")]
    [InlineData(6, 18, 12, 3, "6x12 2x0")]
    public void Halving_ends_with_whole_runs(int count, int epochs, int first, int keep, string rungs) =>
        string.Join(' ', Halving.Ladder(Spec(new HalvingOptions(keep, first, Brackets: false), count), epochs).Single()
            .Select(r => $"{r.Count}x{r.Epochs}")).ShouldBe(rungs);

    [Fact]
    public void A_run_too_short_for_a_choice_is_refused() =>
        Should.Throw<FineTuneException>(() => Halving.Ladder(Spec(new HalvingOptions(3, 5, Brackets: false), 4), 5)).Message
            .ShouldBe("The first choice is to be made after 5 epochs, and a run has 5; give a smaller `first`.");

    [Fact]
    public void Only_when_all_have_come_so_far_the_best_go_on()
    {
        var plan = Plan(4, new SweepRung(1, 4), new SweepRung(2, 2), new SweepRung(0, 1));
        Pending(plan, [0.5], [], [0.9], [0.7]).ShouldBe("2:1");
        Pending(plan, [0.5], [0.8], [0.9], [0.7]).ShouldBe("3:2 2:2");
        Pending(plan, [0.5], [0.8, 0.95], [0.9], [0.7]).ShouldBe("3:2");
        Pending(plan, [0.5], [0.8, 0.95], [0.9, 0.91], [0.7]).ShouldBe("2:0");
        // What one learned later does not change what was chosen before.
        Pending(plan, [0.5, 1.0, 1.0], [0.8, 0.95], [0.9, 0.91], [0.7]).ShouldBe("2:0");
        Pending(plan, [0.5], [0.8, 0.95, 0.1], [0.9, 0.91], [0.7], finished: 2).ShouldBe(string.Empty);
    }

    [Fact]
    public void A_run_that_failed_does_not_go_on_and_the_next_best_does()
    {
        var plan = Plan(3, new SweepRung(1, 3), new SweepRung(0, 1));
        var states = new[] { State([0.5]), State([0.9]) with { Failure = "no" }, State([0.6]) };
        Halving.Progress(plan, t => states[t.Number - 1]).Pending.ShouldBe([new SweepWork(3, 0)]);
    }

    [Fact]
    public void Equal_accuracy_is_decided_by_the_loss_and_then_by_the_number()
    {
        var plan = Plan(3, new SweepRung(1, 3), new SweepRung(0, 1));
        var states = new[] { State([0.5], nll: 2), State([0.5], nll: 1), State([0.5], nll: 1) };
        Halving.Progress(plan, t => states[t.Number - 1]).Pending.ShouldBe([new SweepWork(2, 0)]);
    }

    [Fact]
    public void The_loss_is_chosen_by_where_that_is_asked_for()
    {
        var plan = Plan(2, new SweepRung(1, 2), new SweepRung(0, 1)) with { Choose = "val_nll" };
        var states = new[] { State([0.9], nll: 2), State([0.5], nll: 1) };
        Halving.Progress(plan, t => states[t.Number - 1]).Pending.ShouldBe([new SweepWork(2, 0)]);
    }

    [Fact]
    public void A_configuration_is_judged_by_the_mean_of_its_runs()
    {
        var plan = Plan(2, new SweepRung(1, 2), new SweepRung(0, 1));
        plan = plan with { Tasks = [.. new[] { 1, 1, 2, 2 }.Select((c, k) => new SweepTask(k + 1, c, $"seed {k % 2}", []))] };
        double[][] scores = [[0.9], [0.1], [0.6], [0.6]];
        Halving.Progress(plan, t => State(scores[t.Number - 1])).Pending.Select(w => w.Task).ShouldBe([3, 4]);
    }

    private static string Pending(SweepPlan plan, double[] a, double[] b, double[] c, double[] d, int finished = 0)
    {
        double[][] all = [a, b, c, d];
        var progress = Halving.Progress(plan, t => State(all[t.Number - 1]) with { Finished = t.Number == finished });
        return string.Join(' ', progress.Pending.Select(w => $"{w.Task}:{w.Epochs}"));
    }

    private static SweepSpec Spec(HalvingOptions halving, int? runs = null) =>
        new() { Over = [[]], Halving = halving, Runs = runs, Search = SearchKind.Random };

    private static SweepPlan Plan(int count, params SweepRung[] rungs) => new(
        "val_top1",
        [],
        [.. Enumerable.Range(0, count).Select(_ => (IReadOnlyList<string>)[])],
        [new SweepBracket([.. Enumerable.Range(1, count)], rungs)],
        0,
        1,
        [.. Enumerable.Range(1, count).Select(k => new SweepTask(k, k, string.Empty, []))]);

    private static TaskState State(double[] top1, double nll = 1)
    {
        var best = 0.0;
        var lines = new List<JsonNode>();
        foreach (var (score, k) in top1.Select((s, k) => (s, k)))
        {
            lines.Add(new JsonObject
            {
                ["epoch"] = k + 1,
                ["val_top1"] = score,
                ["val_nll"] = nll,
                ["best"] = score > best,
            });
            best = Math.Max(best, score);
        }

        return new TaskState(null, Finished: false, lines, () => false);
    }
}
