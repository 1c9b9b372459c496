using FineTune.Experiment;

namespace FineTune.Cli.Show.Answers;

/// <summary>Writes what a model says about images, a line each.</summary>
internal interface IAnswerWriter
{
    /// <summary>An answer, or an abstention.</summary>
    /// <param name="answer">What is said.</param>
    /// <param name="copy">Where the image was copied to; null: nowhere.</param>
    void Answer(ImageAnswer answer, string? copy);

    /// <summary>A file that is no image.</summary>
    void LeftOut(string path, string reason);
}
