using System.Text;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Models;

namespace FineTune.Experiment.Report.Sections;

/// <summary>The most confident mistakes, often a wrong label or a picture of two things, and where the network looked.</summary>
internal static class Mistakes
{
    private const int Most = 24, Side = 120;

    /// <summary>The section; null where every image was right.</summary>
    public static Section? Of(ReportFacts facts)
    {
        var predictions = facts.Predictions;
        var wrong = Enumerable.Range(0, predictions.Count)
            .Where(i => predictions.Predicted(i) != predictions.Labels[i])
            .OrderByDescending(i => predictions.Row(i)[predictions.Predicted(i)])
            .ToArray();
        if (wrong.Length == 0)
            return null;
        var shown = wrong.Take(Most).Where(i => facts.Pictures.Load(facts.Validation[i]) is not null).ToArray();
        var cam = GradCam.Of(facts.Network);
        var maps = cam is null ? null : Maps(facts, cam, shown);
        var html = new StringBuilder("<div class=\"pictures\">");
        for (var k = 0; k < shown.Length; k++)
            html.Append(Figure(facts, shown[k], maps?[k]));
        var lead = Html.Text($"{shown.Length} of {wrong.Length} mistakes, surest first. ") + Explain(facts.Network, cam, maps);
        return new Section("mistakes", "Most confident mistakes", html.Append("</div>").ToString(), lead);
    }

    private static string Explain(Network network, GradCam? cam, HeatMap[]? maps) => cam is null
        ? $"There is no Grad-CAM: no stage of {network.GetName()} before its head ends in a feature map with a width and a height."
        : Html.Text($"Beside each is Grad-CAM of the class that the network said, at the output of the stage {cam.Stage} ")
            + Html.Text($"({maps![0].Width} x {maps[0].Height} places): ")
            + "what is bright and warm spoke for that class, what is dark and grey did not.";

    /// <summary>A map for each image, of the class that it was taken for.</summary>
    private static HeatMap[] Maps(ReportFacts facts, GradCam cam, int[] images)
    {
        Sample[] samples = [.. images.Select(i => facts.Validation[i])];
        var device = facts.Network.parameters().First().device;
        var maps = new List<HeatMap>();
        foreach (var batch in EvaluationLoader.Of(samples, facts.Network.Preprocessing, facts.Experiment.Decoded).Epoch(0))
        {
            using (batch)
            using (var pixels = Predictor.ToTensor(batch, device))
                maps.AddRange(cam.Maps(pixels, [.. batch.Indices.Select(i => (long)facts.Predictions.Predicted(images[i]))]));
        }

        return [.. maps];
    }

    private static string Figure(ReportFacts facts, int image, HeatMap? map)
    {
        var (sample, said) = (facts.Validation[image], facts.Predictions.Predicted(image));
        var name = facts.NameOf(sample);
        var view = View(facts, sample);
        var pictures = Pictures.Element(view, Side, name);
        if (map is not null)
            pictures += $" {Heat(view, map, $"Grad-CAM of {Printable.Of(ShortText.Of(facts.Classes[said]))} on {name}")}";
        var sure = Html.Text($"<b>{Html.Name(facts.Classes[said])}</b> {100 * facts.Predictions.Row(image)[said]:0}%");
        var caption = $"{sure}<br>is {Html.Name(facts.Classes[sample.Label])}<br><span class=\"muted\">{Html.Escape(name)}</span>";
        return $"<figure{(map is null ? string.Empty : " class=\"two\"")}>{pictures}<figcaption>{caption}</figcaption></figure>";
    }

    private static string Heat(RgbImage view, HeatMap map, string name) => Pictures.Element(Pictures.Heated(view, map, Side), Side, name);

    /// <summary>What the network saw of an image.</summary>
    private static RgbImage View(ReportFacts facts, Sample sample)
    {
        var p = facts.Network.Preprocessing;
        var random = new RandomKey(facts.Recipe.Seed, 0, 0, RandomUse.Augment).Stream(); // nothing is drawn from it
        return Augmentations.Evaluation(p.InputSize, p.ResizeTo, p.Interpolation).Apply(facts.Pictures.Load(sample)!, ref random);
    }
}
