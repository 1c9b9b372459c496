namespace FineTune.Experiment.Report.Sections;

/// <summary>What recipe auto decided and why.</summary>
internal static class AutoPlan
{
    /// <summary>The section; null for another recipe.</summary>
    public static Section? Of(ReportFacts facts) => facts.Experiment.Plan is { } plan
        ? new Section(
            "auto",
            "What recipe auto decided",
            Html.Table("what recipe auto decided", ["what", "decision", "reason"], plan.Decisions.Select(d => new[] { Html.Escape(d.What), Html.Escape(d.Value), Html.Escape(d.Reason) }), "list words"))
        : null;
}
