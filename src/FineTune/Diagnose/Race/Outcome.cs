namespace FineTune.Diagnose.Race;

/// <summary>How a race ended for a rule.</summary>
public enum Outcome
{
    /// <summary>It came within the tolerance.</summary>
    Arrived,

    /// <summary>It did not, but still moves.</summary>
    Underway,

    /// <summary>It did not, and the last tenth of its steps together took it less than a hundredth of the way that is left.</summary>
    Stuck,

    /// <summary>Its loss grew beyond a million times the start's, or is no number.</summary>
    Diverged,
}
