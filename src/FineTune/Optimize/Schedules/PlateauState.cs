namespace FineTune.Optimize.Schedules;

/// <summary>Where <see cref="Plateau"/> stands: all that it remembers. Kept in every checkpoint.</summary>
/// <param name="Factor">The factor on the learning rate, in force until the next epoch's end.</param>
/// <param name="Best">The best value that was watched; null before the first.</param>
/// <param name="Waited">Epochs in a row that were no better.</param>
/// <param name="Cooldown">Epochs that are still not counted after a drop.</param>
public sealed record PlateauState(double Factor, double? Best, int Waited, int Cooldown)
{
    /// <summary>Before the first epoch's end.</summary>
    public static PlateauState Start { get; } = new(1, null, 0, 0);
}
