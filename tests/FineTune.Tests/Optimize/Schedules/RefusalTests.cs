using FineTune.Optimize.Schedules;

namespace FineTune.Tests.Optimize.Schedules;

/// <summary>What cannot work in a run of 100 steps, 10 an epoch, is refused in one sentence that names the number.</summary>
public sealed class RefusalTests
{
    private static readonly Horizon Run = new(100, 10, 32);

    [Theory]
    [InlineData("cosine", "warmup", "10 epochs", "leaves none of 100 after it")]
    [InlineData("cosine", "warmup", "200 steps", "'200 steps', 200 steps, which leaves none of 100")]
    [InlineData("cosine", "warmup_shape", "round", "known are linear, exponential")]
    [InlineData("multi-step", "milestones", "100 steps", "leaves none of 100 after it")]
    [InlineData("linear", "over", "101 steps", "only 100")]
    [InlineData("restarts", "first", "11 epochs", "110 steps, but there are only 100")]
    [InlineData("restarts", "mult", "0", "1 to 1000 is allowed")]
    [InlineData("cyclic", "up", "200%", "only 100")]
    [InlineData("cyclic", "mode", "square", "known are triangular, triangular2")]
    [InlineData("snapshot", "cycles", "101", "101 snapshots cannot be taken in 100 steps")]
    [InlineData("flat-cosine", "flat", "100%", "leaves none")]
    [InlineData("one-cycle", "pct_start", "1", "is allowed")]
    [InlineData("one-cycle-paper", "pct_start", "0.005", "too few for the 3 phases")]
    [InlineData("one-cycle-paper", "phases", "4", "2 to 3 is allowed")]
    [InlineData("plateau", "watch", "loss", "known are nll, top1")]
    [InlineData("plateau", "patience", "-1", "is allowed")]
    [InlineData("sequence", "parts", null, "has no parts")]
    public void What_cannot_work_is_refused(string name, string option, string? value, string why)
    {
        var message = Should.Throw<FineTuneException>(() => ScheduleTable.Create(new NamedSpec(name).With(option, value), Run)).Message;
        message.ShouldContain(why);
        message.ShouldEndWith(".");
    }

    [Fact]
    public void Milestones_rise()
    {
        var spec = new NamedSpec("multi-step").With("milestones", new List<object?> { "5 epochs", "20 steps" });
        Should.Throw<FineTuneException>(() => ScheduleTable.Create(spec, Run))
            .Message.ShouldContain("steps 50, 20 of 100; each must be later");
    }

    [Theory]
    [InlineData("60 steps", "50 steps", "longer than its 100 steps")]
    [InlineData("60 steps", "30 steps", "last 90 steps, but there are 100")]
    [InlineData(null, "30 steps", "Part 1 of the schedule sequence has no `for`")]
    public void Parts_fill_the_run(string? first, string? last, string why)
    {
        var parts = new[] { Part("constant", first), Part("cosine", last) };
        Should.Throw<FineTuneException>(() => ScheduleTable.Create(new NamedSpec("sequence").With("parts", parts), Run))
            .Message.ShouldContain(why);
    }

    [Fact]
    public void Plateau_is_no_part_of_a_sequence() =>
        Should.Throw<FineTuneException>(
            () => ScheduleTable.Create(new NamedSpec("sequence").With("parts", new[] { Part("plateau", null) }), Run))
            .Message.ShouldContain("plateau");

    [Fact]
    public void An_average_that_remembers_more_than_the_run_is_refused()
    {
        var message = Should.Throw<FineTuneException>(() => new Horizon(1525, 61, 4).CheckEma(0.9998)).Message;
        message.ShouldBe("The decay 0.9998 of the average remembers 5000 steps, but the run has 1525: "
            + "74% of the initial weights would be left in it; at most 0.999344 works.");
        new Horizon(1525, 61, 4).CheckEma(0.999344);
        new Horizon(5000, 61, 4).CheckEma(0.9998);
        Run.CheckEma(0.99);
        Should.Throw<FineTuneException>(() => Run.CheckEma(1)).Message.ShouldContain("from 0 to below 1");
        Should.Throw<FineTuneException>(() => Run.CheckEma(double.NaN));
    }

    private static Dictionary<string, object?> Part(string schedule, string? duration) =>
        new() { ["schedule"] = schedule, ["for"] = duration };
}
