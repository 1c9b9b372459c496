namespace FineTune.Diagnose;

/// <summary>One element of a parameter, checked.</summary>
/// <param name="Index">Its place in the flattened tensor.</param>
/// <param name="Analytic">What autograd says.</param>
/// <param name="Numeric">What centred differences say.</param>
/// <param name="Error">|a - n| / max(|a|, |n|); 0 where the difference is the rounding of the loss.</param>
/// <param name="IsKink">The differences to either side disagree: a ReLU or a maximum switches nearby, and the error says nothing.</param>
public sealed record GradientElement(long Index, double Analytic, double Numeric, double Error, bool IsKink);
