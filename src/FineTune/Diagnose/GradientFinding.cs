namespace FineTune.Diagnose;

/// <summary>One parameter tensor, checked.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Count">Its elements.</param>
/// <param name="Elements">Those that were checked.</param>
public sealed record GradientFinding(string Parameter, long Count, IReadOnlyList<GradientElement> Elements)
{
    /// <summary>Checked elements beside a kink; they are not judged.</summary>
    public int Kinks => Elements.Count(e => e.IsKink);

    /// <summary>The judged element of the largest error; null where all are beside kinks.</summary>
    public GradientElement? Worst => Elements.Where(e => !e.IsKink).MaxBy(e => e.Error);

    /// <summary>The largest relative error of a judged element; 0 where there is none.</summary>
    public double Error => Worst?.Error ?? 0;

    /// <summary>What the error means.</summary>
    public GradientVerdict Verdict => Error switch
    {
        <= 1e-7 => GradientVerdict.Happy,
        < 1e-4 => GradientVerdict.Fine,
        <= 1e-2 => GradientVerdict.Uneasy,
        _ => GradientVerdict.Wrong, // NaN too
    };
}
