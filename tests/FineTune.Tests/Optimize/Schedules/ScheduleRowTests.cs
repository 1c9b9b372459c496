using FineTune.Optimize.Schedules;

namespace FineTune.Tests.Optimize.Schedules;

/// <summary>What every row of the table keeps to.</summary>
public sealed class ScheduleRowTests
{
    public static TheoryData<string> Rows => [.. ScheduleTable.Table.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_is_finite_and_at_least_0_and_a_function_of_the_step_alone(string name)
    {
        foreach (var spec in new[] { ScheduleTable.Find(name).Example, ScheduleTable.Find(name).Example.With("warmup", "7 steps") })
        {
            var run = new Horizon(200, 8, 32);
            var (a, b) = (ScheduleTable.Create(spec, run), ScheduleTable.Create(spec, run));
            var steps = Enumerable.Range(0, 210).ToArray();
            var forward = steps.Select(s => (a.Lr(s), a.Momentum(s))).ToArray();
            forward.ShouldAllBe(f => f.Item1 >= 0 && f.Item1 <= 1 && (f.Item2 == null || (f.Item2 >= 0 && f.Item2 <= 1)));
            steps.Reverse().Select(s => (b.Lr(s), b.Momentum(s))).Reverse().ShouldBe(forward);
            a.Sample(run).Count.ShouldBe(200);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_run_of_one_or_two_steps_works_or_is_refused_in_a_sentence(string name)
    {
        foreach (var run in new[] { new Horizon(1, 1, 32), new Horizon(2, 1, 32), new Horizon(2, 2, 32) })
        {
            Course? course = null;
            try
            {
                course = ScheduleTable.Create(ScheduleTable.Find(name).Example, run);
            }
            catch (FineTuneException e)
            {
                e.Message.ShouldEndWith(".");
                e.Message.ShouldNotContain("\n");
            }

            course?.Sample(run).ShouldAllBe(p => p.Factor >= 0 && p.Factor <= 1);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_warm_up_comes_in_front_and_leaves_the_schedule_the_rest(string name)
    {
        var example = ScheduleTable.Find(name).Example;
        var alone = ScheduleTable.Create(example, new Horizon(180, 8, 32));
        var behind = ScheduleTable.Create(example.With("warmup", "10%").With("warmup_from", 0.5), new Horizon(200, 8, 32));
        behind.Warmup.ShouldBe(20);
        behind.Lr(0).ShouldBe(0.5 * alone.Lr(0));
        behind.Lr(10).ShouldBe(0.75 * alone.Lr(0), 1e-15);
        for (var step = 0; step < 180; step++)
            (behind.Lr(20 + step), behind.Momentum(20 + step)).ShouldBe((alone.Lr(step), alone.Momentum(step)));
    }

    [Fact]
    public void A_sequence_is_its_parts_one_after_another()
    {
        var run = new Horizon(100, 10, 32);
        var parts = new[]
        {
            new Dictionary<string, object?>
            {
                ["schedule"] = new Dictionary<string, object?> { ["name"] = "linear", ["from"] = 0.1, ["to"] = 1 },
                ["for"] = "2 epochs",
            },
            new Dictionary<string, object?> { ["schedule"] = "one-cycle", ["for"] = "50%" },
            new Dictionary<string, object?> { ["schedule"] = "cosine" },
        };
        var course = ScheduleTable.Create(new NamedSpec("sequence").With("parts", parts), run);
        var cycle = ScheduleTable.Create(new NamedSpec("one-cycle"), run with { Steps = 50 });
        (course.Lr(0), course.Momentum(0)).ShouldBe((0.1, null));
        course.Lr(19).ShouldBe(0.955, 1e-12);
        (course.Lr(20), course.Momentum(20)).ShouldBe((cycle.Lr(0), cycle.Momentum(0)));
        (course.Lr(69), course.Momentum(69)).ShouldBe((cycle.Lr(49), cycle.Momentum(49)));
        (course.Lr(70), course.Momentum(70)).ShouldBe((1, null));
        course.Lr(99).ShouldBe(Cosine.At(29, 30));
    }
}
