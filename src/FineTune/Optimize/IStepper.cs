namespace FineTune.Optimize;

/// <summary>A rule that steps a few doubles: what diagnostics watch, and the reference of the faster lanes.</summary>
internal interface IStepper
{
    /// <summary>Values remembered a weight.</summary>
    int Slots { get; }

    /// <summary>One step of all weights, in place.</summary>
    void Step(Span<double> w, ReadOnlySpan<double> g, double lr);
}
