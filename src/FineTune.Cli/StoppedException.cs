namespace FineTune.Cli;

/// <summary>A command that was stopped, with a sentence that says what is left of it.</summary>
/// <param name="sentence">What is said.</param>
internal sealed class StoppedException(string sentence) : OperationCanceledException(sentence);
