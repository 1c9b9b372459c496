using FineTune.Evaluate;
using FineTune.Evaluate.Metrics;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Report.Sections;

/// <summary>The reliability diagram (Guo et al. 2017): whether what is said with 80% confidence is right in 80% of the cases.</summary>
internal static class Calibration
{
    private const int Bins = 10;
    private const int Width = 440, Height = 330, Left = 52, Right = 426, Top = 34;
    private const int Floor = 250, CountFloor = 300; // where accuracy 0 and no images are
    private const double TallestCount = 36;

    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var bins = BinsOf(facts.Predictions);
        var (ece, adaptive) = (CalibrationError.EqualWidth(facts.Predictions), CalibrationError.EqualMass(facts.Predictions));
        string[] head = ["confidence", "images", "mean confidence", "accuracy (95%)", "too sure by"];
        var table = Html.Table("reliability", head, bins.Where(b => b.Images > 0).Select(Cells));
        return new Section(
            "calibration",
            "Calibration",
            $"<div class=\"charts\"><div>{Diagram(bins)}</div>{table}</div>",
            "A bar is the accuracy of the images whose likeliest class had such a probability, its whisker the 95% interval, "
            + "the diamond their mean confidence. Bars below the dashed line: the network is too sure. Bars above it: "
            + "it is not sure enough. "
            + Html.Text($"The mean gap is {ece:0.000} over {CalibrationError.Bins} bins (ECE), ")
            + Html.Text($"and {adaptive:0.000} over bins of equally many images."));
    }

    private static string[] Cells(ConfidenceBin bin) =>
    [
        Html.Text($"{100 * bin.Low:0}-{100 * bin.High:0}%"),
        Html.Text($"{bin.Images}"),
        Html.Text($"{100 * bin.Confidence:0.0}%"),
        Html.Text($"{100 * bin.Accuracy:0.0}% ({100 * bin.Interval.Low:0} to {100 * bin.Interval.High:0})"),
        Html.Text($"{100 * (bin.Confidence - bin.Accuracy):+0.0;-0.0;0.0}"),
    ];

    private static ConfidenceBin[] BinsOf(Predictions predictions)
    {
        var (confidence, right) = Confidences.Of(predictions);
        var bins = new (int Images, double Confidence, int Right)[Bins];
        for (var i = 0; i < confidence.Length; i++)
        {
            ref var bin = ref bins[CalibrationError.BinOf(confidence[i], Bins)];
            bin = (bin.Images + 1, bin.Confidence + confidence[i], bin.Right + (int)right[i]);
        }

        return [.. bins.Select((b, k) => new ConfidenceBin((double)k / Bins, (double)(k + 1) / Bins, b.Images, b.Confidence, b.Right))];
    }

    private static string Diagram(ConfidenceBin[] bins)
    {
        static double X(double part) => Left + (part * (Right - Left));
        static double Y(double part) => Floor - (part * (Floor - Top));
        var most = bins.Max(b => b.Images);
        var drawing = new Drawing(Width, Height, "reliability diagram; the numbers are in the table", "c0");
        drawing.Text(Left, 19, "title", "accuracy by confidence, %");
        foreach (var part in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            var percent = Html.Text($"{100 * part:0}");
            drawing.Line("grid", Left, Y(part), Right, Y(part)).Text(Left - 7, Y(part) + 4, "tick end", percent);
            drawing.Text(X(part), Height - 10, part == 1 ? "tick end" : "tick middle", percent);
        }

        foreach (var bin in bins.Where(b => b.Images > 0))
        {
            var (x, wide, middle) = (X(bin.Low) + 1.5, X(bin.High) - X(bin.Low) - 3, X((bin.Low + bin.High) / 2));
            var count = TallestCount * bin.Images / most;
            drawing.Bar("bar", x, Y(bin.Accuracy), wide, Floor - Y(bin.Accuracy)).Bar("count", x, CountFloor - count, wide, count);
            drawing.Line("whisker", middle, Y(bin.Interval.Low), middle, Y(bin.Interval.High));
            drawing.Diamond("mean", X(bin.Confidence), Y(bin.Confidence), 5);
        }

        drawing.Line("ideal", X(0), Y(0), X(1), Y(1)).Text(Left - 7, CountFloor - 14, "tick end", "images");
        return drawing.ToString();
    }

    /// <summary>Images whose confidence lies between two values.</summary>
    private sealed record ConfidenceBin(double Low, double High, int Images, double Sum, int Right)
    {
        public double Confidence => Sum / Images;

        public double Accuracy => (double)Right / Images;

        public Interval Interval => BinomialInterval.Of(Right, Images);
    }
}
