using System.CommandLine;
using System.Text.Json.Nodes;

namespace FineTune.Cli.Verbs;

/// <summary>finetune doctor.</summary>
internal static class DoctorVerb
{
    public static Command Command() => CommonOptions.Verb(
        "doctor",
        "Shows the engine, libtorch, BLAS, threads, CPU features, GPU and image libraries in use, and what would make training faster.",
        ["finetune doctor"],
        [],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var checkup = Experiment.Checkup.Take();
        ui.ResultJson(new JsonObject(checkup.Findings.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Value)))
        {
            ["advice"] = new JsonArray([.. checkup.Advice.Select(a => (JsonNode?)a)]),
            ["ok"] = checkup.IsUsable,
        });
        foreach (var (name, value) in checkup.Findings)
            ui.Result($"{name,-10} {value}");
        foreach (var advice in checkup.Advice)
            ui.Result($"advice     {advice}");
        return checkup.IsUsable ? Exit.Done : Exit.Failed;
    }
}
