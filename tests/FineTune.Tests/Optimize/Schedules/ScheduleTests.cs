using FineTune.Models;
using FineTune.Optimize.Schedules;
using FineTune.Train;

namespace FineTune.Tests.Optimize.Schedules;

public sealed class ScheduleTests
{
    // 25 epochs of 8 steps of 32 samples.
    private static readonly Horizon Run = new(200, 8, 32);

    [Theory]
    [InlineData("constant", 0, 1)]
    [InlineData("constant", 199, 1)]
    [InlineData("step", 0, 1)] // every 7 epochs of 8 steps
    [InlineData("step", 55, 1)]
    [InlineData("step", 56, 0.1)]
    [InlineData("step", 111, 0.1)]
    [InlineData("step", 112, 0.01)]
    [InlineData("cosine", 0, 1)]
    [InlineData("cosine", 100, 0.5)]
    [InlineData("cosine", 199, 6.1683771217e-05)] // (cos(pi 199 / 200) + 1) / 2
    [InlineData("cosine", 200, 0)]
    [InlineData("cosine", 201, 0)]
    [InlineData("snapshot", 0, 1)] // 5 cycles of 40 steps
    [InlineData("snapshot", 20, 0.5)]
    [InlineData("snapshot", 39, 0.0015413331)] // (cos(pi 39 / 40) + 1) / 2
    [InlineData("snapshot", 40, 1)]
    public void A_schedule_is_its_formula(string name, long step, double expected) =>
        ScheduleTable.Create(new NamedSpec(name), Run).Lr(step).ShouldBe(expected, 1e-9);

    [Theory]
    [InlineData("7 epochs", 56)]
    [InlineData("1 epoch", 8)]
    [InlineData("7", 56)]
    [InlineData("0.5 epochs", 4)]
    [InlineData("100 steps", 100)]
    [InlineData("1 step", 1)]
    [InlineData("6400 samples", 200)]
    [InlineData("48 samples", 2)] // one and a half steps, rounded away from zero
    [InlineData("10%", 20)]
    [InlineData("12.5 %", 25)]
    public void A_duration_becomes_steps_once(string text, long steps) => Run.ToSteps("warm-up", text).ShouldBe(steps);

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("7 weeks")]
    [InlineData("0 epochs")]
    [InlineData("-1 epochs")]
    [InlineData("0.4 steps")]
    [InlineData("NaN")]
    [InlineData("Infinity steps")]
    public void What_is_no_duration_is_refused(string text) =>
        Should.Throw<FineTuneException>(() => Run.ToSteps("warm-up", text))
            .Message.ShouldContain($"The warm-up is '{text}'; a duration of at least one step is allowed");

    [Fact]
    public void Snapshots_are_taken_where_cycles_end()
    {
        Cosine.SnapshotSteps(200, 5).ShouldBe([40, 80, 120, 160, 200]);
        Cosine.SnapshotSteps(10, 3).ShouldBe([4, 8, 10]);
        Cosine.SnapshotSteps(3, 3).ShouldBe([1, 2, 3]);
        Cosine.Snapshot(8, 10, 3).ShouldBe(1);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(10, 0)]
    [InlineData(10, 7)] // cycles of 2 steps: five of them
    public void Snapshots_that_do_not_fit_are_refused(long steps, int cycles) =>
        Should.Throw<FineTuneException>(() => Cosine.SnapshotSteps(steps, cycles))
            .Message.ShouldContain("give more epochs or fewer snapshots");

    [Fact]
    public void Cycles_may_grow_and_fill_the_run()
    {
        Cosine.GrowingCycles(70, 3, 2).ShouldBe([10, 30, 70]);
        Cosine.GrowingCycles(100, 2, 1.5).ShouldBe([40, 100]);
        Should.Throw<FineTuneException>(() => Cosine.GrowingCycles(10, 5, 2))
            .Message.ShouldContain("5 snapshots cannot be taken in 10 steps");
    }

    [Fact]
    public void Fast_geometric_triangles_end_the_run_at_a_low()
    {
        var lows = FastGeometric.Lows(100, 55, 5);
        lows.ShouldBe([60, 70, 80, 90, 100]);
        double At(long step) => FastGeometric.At(step, 55, lows, 0.5, 0.1);
        new[] { At(0), At(55), At(59), At(64), At(69), At(99) }.ShouldBe([1, 0.5, 0.1, 0.5, 0.1, 0.1], 1e-12);
        At(54).ShouldBeInRange(0.1, 0.102); // the cosine's end
        At(61).ShouldBe(0.1 + (0.4 * 2 / 5), 1e-12);
        Should.Throw<FineTuneException>(() => FastGeometric.Lows(20, 15, 5))
            .Message.ShouldContain("5 triangles do not fit into the last 5 of 20 steps");
    }

    [Theory]
    [InlineData("snapshot", 3, "34,68,100")]
    [InlineData("fge", 5, "82,87,91,96,100")]
    [InlineData("fge", 2, "96,100")] // of five
    [InlineData("cosine", 4, "25,50,75,100")] // no cycles: even distances
    public void Snapshots_are_taken_at_the_ends_of_the_last_cycles(string schedule, int snapshots, string expected)
    {
        var recipe = new Recipe
        {
            Data = "x",
            Model = "cifar_resnet20",
            Epochs = 10,
            Snapshots = snapshots,
            Schedule = snapshots == 2 ? new NamedSpec(schedule).With("cycles", 5) : new NamedSpec(schedule),
        };
        using var network = Zoo.Create("cifar_resnet20", 2);
        var phase = Phase.Of(recipe, network).Single();
        string.Join(',', phase.SnapshotSteps(recipe, ScheduleTable.Create(phase.Schedule, new Horizon(100, 10, 8)), 10)).ShouldBe(expected);
    }

    [Fact]
    public void The_formulas_worked_numbers_hold()
    {
        Cosine.At(50, 100).ShouldBe(0.5, 1e-12);
        Cosine.At(99, 100).ShouldBe(0.00025, 5e-6);
        Cosine.Snapshot(4, 10, 2).ShouldBe(0.095, 5e-4);
        Cosine.Snapshot(5, 10, 2).ShouldBe(1);
    }

    [Fact]
    public void Misspelt_names_and_options_are_answered_with_the_nearest()
    {
        Should.Throw<FineTuneException>(() => ScheduleTable.Find("cosin")).Message.ShouldContain("did you mean 'cosine'");
        Should.Throw<FineTuneException>(() => ScheduleTable.Create(new NamedSpec("step").With("evry", "3"), Run))
            .Message.ShouldContain("did you mean 'every'");
        Should.Throw<FineTuneException>(() => ScheduleTable.Create(new NamedSpec("step").With("by", 2), Run))
            .Message.ShouldContain("0 to 1 is allowed");
        Should.Throw<FineTuneException>(() => ScheduleTable.Create(new NamedSpec("snapshot").With("cycles", 0), Run))
            .Message.ShouldContain("give more epochs or fewer snapshots");
    }
}
