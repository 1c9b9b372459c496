using System.Text;
using FineTune.Data;

namespace FineTune.Experiment.Report.Sections;

/// <summary>A few training images as the run's recipe drew them.</summary>
internal static class AugmentedViews
{
    private const int Images = 4, Views = 6, Side = 96;

    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var samples = facts.Experiment.Parts.Training.Samples;
        var loader = Sources.Learning(facts.Recipe, samples, facts.Network, facts.Experiment.Decoded);
        var none = facts.Recipe.Augment.Preset == "none";
        var kept = facts.Experiment.Sources.Views; // of each image, at the frozen layers
        var views = none ? 1 : kept > 0 ? Math.Min(kept, Views) : Views;
        var html = new StringBuilder();
        foreach (var index in Examples(samples).Where(i => facts.Pictures.Load(samples[i]) is not null))
        {
            var name = facts.NameOf(samples[index]);
            var file = facts.Pictures.Of(samples[index], Side, $"{name}, the file");
            html.Append($"<div class=\"strip\"><figure class=\"first\">{file}</figure>");
            for (var view = 0; view < views; view++)
                html.Append($"<figure>{Pictures.Element(loader.View(view, index), Side, Html.Text($"{name}, view {view + 1}"))}</figure>");
            html.Append($"</div><p class=\"muted break\">{Html.Escape(name)}</p>");
        }

        var what = Printable.Of(facts.Recipe.Augment.Preset ?? string.Join(", ", facts.Recipe.Augment.Transforms));
        var lead = none
            ? "The recipe augments nothing: the network sees the same view of an image in every epoch. The file is first, dark-framed."
            : Html.Text($"The file is first, with a dark frame; then its views in epochs 1 to {views}, as the recipe draws them ({what}). ")
                + (kept > 0 ? Html.Text($"Frozen layers are computed once: {kept} views of each image come in turn. ") : string.Empty)
                + "Are they still of their class?";
        return new Section("augmentation", "Augmented training images", html.ToString(), lead);
    }

    /// <summary>The first image of as many classes as images are shown, spread over the classes.</summary>
    private static IEnumerable<int> Examples(IReadOnlyList<Sample> samples)
    {
        var byClass = Enumerable.Range(0, samples.Count).GroupBy(i => samples[i].Label).OrderBy(g => g.Key).Select(g => g.ToArray())
            .ToArray();
        return Enumerable.Range(0, Math.Min(Images, samples.Count))
            .Select(k => (Class: byClass[k * Math.Max(byClass.Length, Images) / Images % byClass.Length], Turn: k / byClass.Length))
            .Where(e => e.Turn < e.Class.Length)
            .Select(e => e.Class[e.Turn]);
    }
}
