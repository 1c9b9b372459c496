using FineTune.Train;

namespace FineTune.Tests.Train;

public sealed class RecipeTests
{
    private static readonly Recipe Good = new() { Data = "photos", Model = "resnet18" };

    public static TheoryData<string, Recipe> Bad => new()
    {
        { "data", Good with { Data = string.Empty } },
        { "model", Good with { Model = string.Empty } },
        { "epochs", Good with { Epochs = 0 } },
        { "batch", Good with { Batch = 0 } },
        { "snapshots", Good with { Snapshots = -1 } },
        { "label_smoothing", Good with { LabelSmoothing = 1 } },
        { "label_smoothing", Good with { LabelSmoothing = double.NaN } },
        { "head.dropout", Good with { Head = new HeadOptions { Dropout = 1 } } },
        { "val_fraction", Good with { ValFraction = 0 } },
        { "threads", Good with { Threads = -1 } },
        { "input.size", Good with { Input = new InputOptions { Size = 7 } } },
        { "input.resize", Good with { Input = new InputOptions { Resize = 4 } } },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void A_number_out_of_range_is_refused_by_its_key(string key, Recipe recipe)
    {
        Good.Validate();
        var message = Should.Throw<FineTuneException>(recipe.Validate).Message;
        message.ShouldStartWith($"The recipe's {key} is ");
        message.ShouldEndWith(" is allowed.");
    }

    [Fact]
    public void The_schedule_is_a_cosine_or_the_snapshots()
    {
        Good.EffectiveSchedule.ToString().ShouldBe("cosine");
        (Good with { Snapshots = 3 }).EffectiveSchedule.ToString().ShouldBe("snapshot (cycles 3)");
        (Good with { Snapshots = 3, Schedule = new NamedSpec("snapshot") }).EffectiveSchedule.ToString().ShouldBe("snapshot (cycles 3)");
        (Good with { Snapshots = 3, Schedule = new NamedSpec("snapshot").With("cycles", 6) }).EffectiveSchedule.ToString()
            .ShouldBe("snapshot (cycles 6)");
        (Good with { Snapshots = 3, Schedule = new NamedSpec("constant") }).EffectiveSchedule.ToString().ShouldBe("constant");
    }
}
