using System.Globalization;
using System.Text;
using FineTune.Evaluate;
using FineTune.Evaluate.Metrics;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Report.Sections;

/// <summary>The reliability diagram (Guo et al. 2017): whether what is said with 80% confidence is right in 80% of the cases.</summary>
internal static class Calibration
{
    private const int Bins = 10;
    private const int Width = 440, Height = 330, Left = 52, Right = 14, Top = 34, Floor = 250, Count = 300; // y of 0%, and of the counts' line

    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var bins = BinsOf(facts.Predictions);
        var score = Score.Of(facts.Predictions);
        var rows = bins.Where(b => b.Images > 0).Select(b => new[]
        {
            Html.Text($"{100 * b.Low:0} to {100 * b.High:0}%"), Html.Text($"{b.Images}"), Html.Text($"{100 * b.Confidence:0.0}%"),
            Html.Text($"{100 * b.Accuracy:0.0}% ({100 * b.Interval.Low:0} to {100 * b.Interval.High:0})"), Html.Text($"{100 * (b.Confidence - b.Accuracy):+0.0;-0.0;0.0}"),
        });
        var table = Html.Table("reliability", ["confidence", "images", "mean confidence", "accuracy (95%)", "too sure by"], rows);
        return new Section(
            "calibration",
            "Calibration",
            $"<div class=\"charts\"><div>{Diagram(bins)}</div>{table}</div>",
            "A bar is the accuracy of the images whose likeliest class had such a probability, its whisker the 95% interval, the diamond their mean confidence. "
            + "Below the dashed line the network is too sure, above it not sure enough. "
            + Html.Text($"The mean gap is {score.Ece:0.000} over {CalibrationError.Bins} bins (ECE), and {CalibrationError.EqualMass(facts.Predictions):0.000} over bins of equally many images."));
    }

    private static ConfidenceBin[] BinsOf(Predictions predictions)
    {
        var (confidence, right) = Confidences.Of(predictions);
        var bins = new (int Images, double Confidence, int Right)[Bins];
        for (var i = 0; i < confidence.Length; i++)
        {
            ref var bin = ref bins[CalibrationError.BinOf(confidence[i], Bins)];
            bin = (bin.Images + 1, bin.Confidence + confidence[i], bin.Right + (int)right[i]);
        }

        return [.. bins.Select((b, k) => new ConfidenceBin((double)k / Bins, (double)(k + 1) / Bins, b.Images, b.Confidence / Math.Max(1, b.Images), b.Right))];
    }

    private static string Diagram(ConfidenceBin[] bins)
    {
        static double X(double part) => Left + (part * (Width - Left - Right));
        static double Y(double part) => Floor - (part * (Floor - Top));
        var most = bins.Max(b => b.Images);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart c0\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"reliability diagram; the numbers are in the table\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"19\" class=\"title\">accuracy by confidence, %</text>");
        foreach (var part in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(part):0.0}\" y2=\"{Y(part):0.0}\" class=\"grid\"/><text x=\"{Left - 7}\" y=\"{Y(part) + 4:0.0}\" class=\"tick end\">{100 * part:0}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(part):0.0}\" y=\"{Height - 10}\" class=\"tick {(part == 1 ? "end" : "middle")}\">{100 * part:0}</text>");
        }

        foreach (var bin in bins.Where(b => b.Images > 0))
        {
            var (x, wide, middle) = (X(bin.Low) + 1.5, X(bin.High) - X(bin.Low) - 3, X((bin.Low + bin.High) / 2));
            var tall = 36.0 * bin.Images / most;
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar\" x=\"{x:0.0}\" y=\"{Y(bin.Accuracy):0.0}\" width=\"{wide:0.0}\" height=\"{Floor - Y(bin.Accuracy):0.0}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"count\" x=\"{x:0.0}\" y=\"{Count - tall:0.0}\" width=\"{wide:0.0}\" height=\"{tall:0.0}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"whisker\" x1=\"{middle:0.0}\" x2=\"{middle:0.0}\" y1=\"{Y(bin.Interval.Low):0.0}\" y2=\"{Y(bin.Interval.High):0.0}\"/>");
            var (cx, cy) = (X(bin.Confidence), Y(bin.Confidence));
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"mean\" d=\"M{cx:0.0} {cy - 5:0.0}l5 5-5 5-5-5Z\"/>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"ideal\" x1=\"{X(0):0.0}\" x2=\"{X(1):0.0}\" y1=\"{Y(0):0.0}\" y2=\"{Y(1):0.0}\"/>");
        return svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 7}\" y=\"{Count - 14}\" class=\"tick end\">images</text></svg>").ToString();
    }

    /// <summary>Images whose confidence lies between two values.</summary>
    private sealed record ConfidenceBin(double Low, double High, int Images, double Confidence, int Right)
    {
        public double Accuracy => (double)Right / Math.Max(1, Images);

        public Interval Interval => BinomialInterval.Of(Right, Math.Max(1, Images));
    }
}
