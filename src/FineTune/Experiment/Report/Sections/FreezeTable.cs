using System.Text;
using FineTune.Train;

namespace FineTune.Experiment.Report.Sections;

/// <summary>What trained and what did not, phase by phase.</summary>
internal static class FreezeTable
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var html = new StringBuilder();
        foreach (var (phase, rows) in RunSession.Audit(facts.Recipe, facts.Network))
        {
            var title = Html.Text($"Phase {phase.Index + 1} of {phase.Count}: epochs {phase.FirstEpoch + 1} to {phase.EndEpoch}");
            html.Append(phase.Count > 1 ? $"<h3>{title}</h3>" : string.Empty);
            string[] head = ["group", "stages", "parameters", "learning rate", "weight decay", "batch norm"];
            html.Append(Html.Table(title, head, rows.Select(Cells)));
        }

        return new Section(
            "freeze",
            "What trains",
            html.ToString(),
            "After the first steps of each phase it was checked that what is frozen did not move, and that what trains did.");
    }

    private static string[] Cells(AuditRow row) =>
    [
        Html.Escape(row.Group),
        $"<span class=\"break\">{Html.Escape(string.Join(", ", row.Stages))}</span>",
        Html.Text($"{row.Count:N0}"),
        row.Lr > 0 ? Html.Text($"{row.Lr:0.#######}") : "frozen",
        row.Lr > 0 ? Html.Text($"{row.WeightDecay:0.#######}") : "–",
        Html.Escape(row.BatchNorm),
    ];
}
