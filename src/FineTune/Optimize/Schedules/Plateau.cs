namespace FineTune.Optimize.Schedules;

/// <summary>
/// Lowers the learning rate when a validation score stops getting better (PyTorch's ReduceLROnPlateau). Not a function of the
/// step: a state, told the score at each epoch's end, that this record takes to the next by a pure function.
/// </summary>
/// <param name="By">Factor at each drop, 0 to 1. PyTorch: 0.1.</param>
/// <param name="Patience">Epochs in a row that may be no better, at least 0. PyTorch: 10.</param>
/// <param name="Threshold">The smallest change that counts, at least 0. PyTorch: 1e-4.</param>
/// <param name="Relative">Whether it is a part of the best value, in place of a difference. PyTorch: true.</param>
/// <param name="Cooldown">Epochs not counted after a drop, at least 0. PyTorch: 0.</param>
/// <param name="Floor">The factor that it never goes below, 0 to 1. PyTorch: 0.</param>
/// <param name="Higher">Whether higher is better, as for top1; lower is, for nll.</param>
public sealed record Plateau(double By, int Patience, double Threshold, bool Relative, int Cooldown, double Floor, bool Higher)
{
    private const string Nll = "nll", Top1 = "top1";

    internal static ScheduleEntry Row { get; } = new(
        "plateau",
        "multiplied by `by` when `watch` has not improved for more than `patience` epochs",
        [
            new("by", "0.1", "factor at each drop, 0 to 1"),
            new("patience", "10", "epochs without improvement that are allowed, at least 0"),
            new("threshold", "1e-4", "the smallest change that counts as an improvement, at least 0"),
            new("relative", "true", "the threshold is a fraction of the best value; false: a difference"),
            new("cooldown", "0", "epochs not counted after a drop, at least 0"),
            new("floor", "0", "the lowest factor, 0 to 1"),
            new("watch", Nll, "nll or top1, on the validation images"),
        ],
        (o, horizon) =>
        {
            var top1 = (o.Words("watch") ?? Nll) switch
            {
                Nll => false,
                Top1 => true,
                var other => throw Nearest.Unknown("value of the schedule's `watch`:", other, [Nll, Top1]),
            };
            _ = (o.Within("patience", 10, 0, int.MaxValue), o.Within("cooldown", 0, 0, int.MaxValue));
            return new Course(_ => 1)
            {
                Plateau = new Plateau(
                    o.Within("by", 0.1, 0, 1),
                    o.Integer("patience", 10),
                    o.Within("threshold", 1e-4, 0, double.MaxValue),
                    o.Flag("relative", true),
                    o.Integer("cooldown", 0),
                    o.Within("floor", 0, 0, 1),
                    top1),
            };
        })
    {
        Example = new NamedSpec("plateau").With("patience", 2),
    };

    /// <summary>
    /// The state after an epoch. With patience 2 and by 0.1, values 3, 2, 2, 2, 2: the factor is 1 until the last, which is the
    /// third in a row that is no better, and 0.1 after it.
    /// </summary>
    /// <param name="state">The state before; null at the start.</param>
    /// <param name="value">The epoch's score. NaN is no better than anything.</param>
    public PlateauState After(PlateauState? state, double value)
    {
        var s = state ?? PlateauState.Start;
        var better = s.Best is not { } best ? !double.IsNaN(value) : Higher ? value > Beyond(best) : value < Beyond(best);
        s = better ? s with { Best = value, Waited = 0 } : s with { Waited = s.Waited + 1 };
        if (s.Cooldown > 0)
            s = s with { Cooldown = s.Cooldown - 1, Waited = 0 };
        return s.Waited > Patience
            ? s with { Factor = Math.Max(s.Factor * By, Math.Min(Floor, s.Factor)), Cooldown = Cooldown, Waited = 0 }
            : s;
    }

    private double Beyond(double best)
    {
        var sign = Higher ? 1 : -1;
        return Relative ? best * (1 + (sign * Threshold)) : best + (sign * Threshold);
    }
}
