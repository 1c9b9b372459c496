namespace FineTune.Experiment.Report.Sections;

/// <summary>What recipe auto decided and why.</summary>
internal static class AutoPlan
{
    /// <summary>The section; null for another recipe.</summary>
    public static Section? Of(ReportFacts facts)
    {
        if (facts.Experiment.Plan is not { } plan)
            return null;
        var rows = plan.Decisions.Select(d => new[] { Html.Escape(d.What), Html.Escape(d.Value), Html.Escape(d.Reason) });
        return new Section("auto", "What recipe auto decided", Html.Table("decisions", ["what", "decision", "reason"], rows, "list words"));
    }
}
