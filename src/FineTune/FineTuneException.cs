namespace FineTune;

/// <summary>
/// A failure that a user can act on. Its message is one clear sentence: what was wrong, in which file, what is allowed.
/// The command line prints the message and leaves with exit code 1, without a stack trace.
/// </summary>
public class FineTuneException : Exception
{
    /// <summary>A failure with one clear sentence.</summary>
    public FineTuneException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with one clear sentence and what led to it.</summary>
    public FineTuneException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
