using System.Text;
using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Evaluate;
using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Experiment.Report.Sections;

/// <summary>The validation images on a plane, by the features that the head takes: PCA and t-SNE.</summary>
internal static class FeatureMaps
{
    private const int Most = 500, Side = 72;
    private const int Reduced = 30; // dimensions that t-SNE starts from (van der Maaten and Hinton 2008, section 4.2)
    private const double Margin = 0.05;

    /// <summary>The section; null where the network is its head alone, there are too few images, or features are not finite.</summary>
    public static Section? Of(ReportFacts facts)
    {
        var images = Chosen(facts);
        if (facts.Network.Stages.Count < 2 || images.Length < TSne.Fewest)
            return null;
        using var features = Features(facts, images);
        if (features is null)
            return null;
        var (axes, shares) = PrincipalAxes.Of(features, (int)Math.Min(Reduced, features.shape[1]));
        var pca = axes.Select(p => (p[0], p.Length > 1 ? p[1] : 0)).ToArray();
        var html = new StringBuilder("<div class=\"maps\">");
        var along = Html.Text($"PCA: {100 * shares[0]:0}% of the variance across, {100 * shares.ElementAtOrDefault(1):0}% up");
        html.Append(Map(facts, images, pca, along));
        var near = Html.Text($"t-SNE: perplexity {TSne.PerplexityOf(images.Length):0.#}");
        html.Append(Map(facts, images, TSne.Of(axes, facts.Recipe.Seed), near)).Append("</div>").Append(Legend(facts));
        var some = images.Length < facts.Validation.Count
            ? Html.Text($"{images.Length} of {facts.Validation.Count} validation images, drawn at random by the seed")
            : Html.Text($"The {images.Length} validation images");
        return new Section(
            "features",
            "Features of the validation images",
            html.ToString(),
            Html.Text($"{some}, by the {features.shape[1]} features that the head takes. ")
                + "Point at a mark, or tab to it, to see its image; a ring is a mistake. PCA keeps large distances. "
                + "t-SNE keeps neighbours: distances between its groups, and their sizes, mean little.")
        {
            Css = string.Concat(images.Select(i => Html.Text($".i{i} {{ --t: url({facts.Pictures.Uri(facts.Validation[i], Side)}) }}\n"))),
        };
    }

    /// <summary>All images that can still be read, or as many as are shown, drawn at random by the seed.</summary>
    private static int[] Chosen(ReportFacts facts)
    {
        int[] images = [.. Enumerable.Range(0, facts.Validation.Count)];
        var random = new RandomKey(facts.Recipe.Seed, 0, 0, RandomUse.Diagnose).Stream();
        random.Shuffle(images.AsSpan());
        return [.. images.Where(i => facts.Pictures.Load(facts.Validation[i]) is not null).Take(Most).Order()];
    }

    /// <summary>[n, d] what goes into the head, maps and sequences by their means; null where that is not finite.</summary>
    private static Tensor? Features(ReportFacts facts, int[] images)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var all = Kept(facts) is { } kept
            ? Means(kept.index_select(0, tensor(images, ScalarType.Int64, kept.device)))
            : Computed(facts, [.. images.Select(i => facts.Validation[i])]);
        return all.isfinite().all().cpu().item<bool>() ? all.MoveToOuterDisposeScope() : null;
    }

    /// <summary>What a run that trained the head alone has kept of all validation images; null of another.</summary>
    private static Tensor? Kept(ReportFacts facts) =>
        facts.Experiment.Parts is { Phase.Count: 1, Validation: CachedValidation cached }
        && cached.Line.Stage == facts.Network.Stages.Count - 1
            ? cached.Boundary
            : null;

    private static Tensor Computed(ReportFacts facts, IReadOnlyList<Sample> samples)
    {
        var network = facts.Network;
        var device = network.parameters().First().device;
        network.eval();
        var (parts, owned) = (new List<Tensor>(), new List<IDisposable>());
        var body = network.Folded(0, network.Stages.Count - 1, owned);
        foreach (var batch in EvaluationLoader.Of(samples, network.Preprocessing, facts.Experiment.Decoded).Epoch(0))
        {
            using (batch)
            {
                using var inner = NewDisposeScope();
                parts.Add(Means(network.Numerics.Run(Predictor.ToTensor(batch, device), body)).MoveToOuterDisposeScope());
            }
        }

        owned.ForEach(o => o.Dispose());
        return cat(parts);
    }

    private static Tensor Means(Tensor features) => features.dim() switch
    {
        4 => features.mean([2L, 3L]),
        3 => features.mean([1L]),
        _ => features.flatten(1),
    };

    private static string Map(ReportFacts facts, int[] images, (double X, double Y)[] places, string title)
    {
        var html = new StringBuilder($"<figure><h3>{title}</h3><a class=\"skip\" href=\"#marks\">Skip the images of this map</a>");
        html.Append($"<div class=\"scatter\" role=\"group\" aria-label=\"{title}\">");
        var (low, high) = ((X: places.Min(p => p.X), Y: places.Min(p => p.Y)), (X: places.Max(p => p.X), Y: places.Max(p => p.Y)));
        var scale = Math.Max(Math.Max((high.X - low.X) / 4, (high.Y - low.Y) / 3), 1e-12); // the box is 4 to 3
        var middle = (X: (low.X + high.X) / 2, Y: (low.Y + high.Y) / 2);
        for (var k = 0; k < images.Length; k++)
        {
            var x = 0.5 + ((1 - (2 * Margin)) * (places[k].X - middle.X) / scale / 4);
            var y = 0.5 - ((1 - (2 * Margin)) * (places[k].Y - middle.Y) / scale / 3);
            html.Append(Point(facts, images[k], x, y));
        }

        return html.Append("</div></figure>").ToString();
    }

    private static string Point(ReportFacts facts, int image, double x, double y)
    {
        var (sample, said) = (facts.Validation[image], facts.Predictions.Predicted(image));
        var wrong = said != sample.Label;
        var says = $"{facts.NameOf(sample)}, {(wrong ? $"taken for {Printable.Of(ShortText.Of(facts.Classes[said]))}" : "right")}";
        var sides = (x > 0.5 ? " l" : string.Empty) + (y > 0.5 ? " u" : string.Empty) + (wrong ? " wrong" : string.Empty);
        var css = Html.Text($"point {Marks.Color(sample.Label)} i{image}{sides}");
        var place = Html.Text($"left:{100 * x:0.0}%;top:{100 * y:0.0}%");
        return $"<span class=\"{css}\" style=\"{place}\" role=\"img\" tabindex=\"0\" aria-label=\"{Html.Escape(says)}\">"
            + $"{Marks.Of(sample.Label, wrong)}</span>";
    }

    private static string Legend(ReportFacts facts)
    {
        var items = facts.Classes.Take(Marks.Count).Select((c, k) => $"<li class=\"{Marks.Color(k)}\">{Marks.Of(k)} {Html.Name(c)}</li>");
        var others = facts.Classes.Count - Marks.Count;
        var more = others > 0 ? Html.Text($"<li>the other {others} classes have the same marks again</li>") : string.Empty;
        return $"{Marks.Definitions}<ul class=\"legend\" id=\"marks\">{string.Concat(items)}{more}</ul>";
    }
}
