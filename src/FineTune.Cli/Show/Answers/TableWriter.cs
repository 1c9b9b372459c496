using FineTune.Experiment;

namespace FineTune.Cli.Show.Answers;

/// <summary>For people: path, class and probability, and the next likeliest classes. What is left out is said beside the result.</summary>
internal sealed class TableWriter(int topK) : IAnswerWriter
{
    public void Answer(ImageAnswer answer, string? copy)
    {
        var top = string.Join("  ", answer.Top(topK).Select(p => $"{p.Class}  {Format.Percent(p.Probability)}"));
        Ui.Line($"{answer.Path}  {(answer.Abstains ? "abstains: " : string.Empty)}{top}");
    }

    public void LeftOut(string path, string reason)
    {
    }
}
