namespace FineTune.Experiment.Report.Sections;

/// <summary>The recipe, everything resolved.</summary>
internal static class RecipeText
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts) => new(
        "recipe",
        "Recipe",
        Html.Card("recipe", $"<pre>{Html.Escape(RecipeFile.Write(facts.Recipe))}</pre>"));
}
