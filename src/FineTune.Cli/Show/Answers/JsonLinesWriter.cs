using System.Text.Json.Nodes;
using FineTune.Experiment;

namespace FineTune.Cli.Show.Answers;

/// <summary>For machines, with the exact names: an object a line.</summary>
internal sealed class JsonLinesWriter(int? topK) : IAnswerWriter
{
    public void Answer(ImageAnswer answer, string? copy)
    {
        var probabilities = topK is { } k ? answer.Top(k) : answer.Probabilities;
        var json = new JsonObject
        {
            ["path"] = answer.Path,
            ["label"] = answer.Abstains ? null : answer.Label,
            ["probabilities"] = new JsonObject(probabilities.Select(p => KeyValuePair.Create(p.Class, (JsonNode?)p.Probability))),
        };
        if (answer.Abstains)
            json["abstains"] = true;
        if (copy is not null)
            json["copy"] = copy;
        Ui.JsonLine(json);
    }

    public void LeftOut(string path, string reason) => Ui.JsonLine(new JsonObject { ["path"] = path, ["left_out"] = reason });
}
