using FineTune.Experiment.Report.Sections;
using TorchSharp;

namespace FineTune.Experiment.Report;

/// <summary>report.html: what a person wants to see of a finished run, on one page that stands alone.</summary>
internal static class RunReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="experiment">The run.</param>
    /// <param name="chosen">The run's result.</param>
    /// <param name="advice">What stood out.</param>
    /// <param name="seconds">How long training took.</param>
    /// <param name="time">The clock.</param>
    public static void Write(Experiment experiment, ChosenWeights chosen, IReadOnlyList<string> advice, double seconds, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var recipe = experiment.Parts.Recipe;
        using var model = LoadedModel.Open(recipe.Model, RunSession.ResultOf(experiment.Parts.Folder, recipe));
        model.Network.to(Devices.Parse(recipe.Device));
        model.Network.Numerics = experiment.Parts.Network.Numerics;
        var facts = new ReportFacts(experiment, chosen, model.Network, new Pictures(experiment.Decoded))
        {
            Advice = advice,
            Seconds = seconds,
        };
        Section[] sections = [.. Sections(facts).OfType<Section>()];
        var body = Summary.Render(facts) + Html.Sections(sections)
            + "<footer><p>This page loads nothing from elsewhere and runs no script. "
            + Html.Text($"It took {time.GetElapsedTime(began).TotalSeconds:0.0} s to make.</p></footer>");
        var title = $"{recipe.Model} on {Summary.DataName(recipe)}";
        AtomicFile.WriteText(experiment.Parts.Folder.Report, Html.Page(title, body, string.Concat(sections.Select(s => s.Css))));
    }

    /// <summary>In the order of the page; null where there is nothing to show.</summary>
    private static IEnumerable<Section?> Sections(ReportFacts facts)
    {
        yield return AdviceList.Of(facts);
        yield return TrainingCurves.Of(facts);
        yield return Calibration.Of(facts);
        yield return PerClass.Of(facts);
        yield return ConfusionSection.Of(facts);
        yield return ConfusedPairs.Of(facts);
        yield return Mistakes.Of(facts);
        yield return FeatureMaps.Of(facts);
        yield return AugmentedViews.Of(facts);
        yield return FreezeTable.Of(facts);
        yield return TimeTable.Of(facts);
        yield return AutoPlan.Of(facts);
        yield return RecipeText.Of(facts);
        yield return Provenance.Of(facts);
    }
}
