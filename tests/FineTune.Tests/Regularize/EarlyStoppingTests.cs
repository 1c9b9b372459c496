using FineTune.Regularize;
using FineTune.Train;

namespace FineTune.Tests.Regularize;

public sealed class EarlyStoppingTests
{
    private static readonly Recipe Recipe = new() { Data = "photos", Model = "resnet18" };

    [Theory]
    [InlineData(EarlyStopping.Nll, new[] { 3.0, 2, 2, 2 }, 4)]
    [InlineData(EarlyStopping.Nll, new[] { 3.0, 2, 2, 1, 1.5, 2 }, 6)]
    [InlineData(EarlyStopping.Nll, new[] { 3.0, 2, 1, 0.5 }, 0)]
    [InlineData(EarlyStopping.Nll, new[] { double.NaN, double.NaN }, 2)]
    [InlineData(EarlyStopping.Top1, new[] { 0.5, 0.6, 0.6, 0.55 }, 4)]
    [InlineData(EarlyStopping.Top1, new[] { 0.5, 0.4, 0.6, 0.7 }, 0)]
    public void With_patience_two_it_ends_after_the_second_in_a_row_that_is_no_better(string watch, double[] values, int epochs)
    {
        var stopping = new EarlyStopping { Patience = 2, Watch = watch };
        EarlyStopState? state = null;
        var ended = 0;
        for (var epoch = 1; epoch <= values.Length && ended == 0; epoch++)
        {
            var (value, other) = (values[epoch - 1], -epoch); // what is not watched only gets worse, or better
            state = watch == EarlyStopping.Nll ? stopping.After(state, value, other) : stopping.After(state, other, value);
            ended = stopping.Ends(state) ? epoch : 0;
        }

        ended.ShouldBe(epochs);
    }

    [Fact]
    public void Without_patience_it_never_ends_and_remembers_nothing()
    {
        var stopping = new EarlyStopping();
        stopping.After(null, 1, 0).ShouldBeNull();
        stopping.Ends(new EarlyStopState(0, 1000)).ShouldBeFalse();
    }

    [Fact]
    public void What_is_out_of_range_is_one_sentence()
    {
        Should.Throw<FineTuneException>(() => (Recipe with { EarlyStopping = new EarlyStopping { Patience = -1 } }).Validate())
            .Message.ShouldBe("The recipe's early_stopping.patience is -1; 0 (never) to 1000000 epochs is allowed.");
        Should.Throw<FineTuneException>(() => (Recipe with { EarlyStopping = new EarlyStopping { Patience = 1, Watch = "top" } }).Validate())
            .Message.ShouldContain("did you mean 'top1'");
    }
}
