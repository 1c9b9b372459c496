namespace FineTune.Regularize;

/// <summary>Where <see cref="EarlyStopping"/> stands: all that it remembers. Kept in every checkpoint.</summary>
/// <param name="Best">The best value that was watched.</param>
/// <param name="Waited">Epochs in a row that were no better.</param>
public sealed record EarlyStopState(double Best, int Waited);

/// <summary>
/// Ends training when validation stops getting better (Prechelt 1998). Not a function of the step: a state, told the scores
/// at each epoch's end, that this record takes to the next by a pure function.
/// </summary>
public sealed record EarlyStopping
{
    /// <summary>The words for what is watched.</summary>
    public const string Nll = "nll", Top1 = "top1";

    /// <summary>Epochs in a row that are no better, after which it ends; 0: never. Default 0.</summary>
    public int Patience { get; init; }

    /// <summary>nll (default) or top1, on the validation images.</summary>
    public string Watch { get; init; } = Nll;

    /// <summary>
    /// The state after an epoch; null where it never ends. With patience 2, the values 3, 2, 2, 2 end it after the last, which
    /// is the second in a row that is no better.
    /// </summary>
    /// <param name="state">The state before; null at the start.</param>
    /// <param name="nll">The epoch's negative log-likelihood; NaN is no better than anything.</param>
    /// <param name="top1">The epoch's accuracy.</param>
    public EarlyStopState? After(EarlyStopState? state, double nll, double top1)
    {
        if (Patience == 0)
            return null;
        var loss = Watch == Nll ? nll : -top1;
        var s = state ?? new EarlyStopState(double.PositiveInfinity, 0);
        return loss < s.Best ? new EarlyStopState(loss, 0) : s with { Waited = s.Waited + 1 };
    }

    /// <summary>Whether training has come to its end.</summary>
    public bool Ends(EarlyStopState? state) => Patience > 0 && state?.Waited >= Patience;
}
