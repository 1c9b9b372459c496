namespace FineTune.Experiment.Report.Sections;

/// <summary>What stood out, and what to try.</summary>
internal static class AdviceList
{
    /// <summary>The section; null where nothing stood out.</summary>
    public static Section? Of(ReportFacts facts) => facts.Advice.Count == 0
        ? null
        : new Section("advice", "Advice", $"<ul>{string.Concat(facts.Advice.Select(a => $"<li>{Html.Escape(a)}</li>"))}</ul>");
}
