using System.Text.Json.Nodes;
using FineTune.Evaluate;
using FineTune.Evaluate.Calibration;
using FineTune.Evaluate.Metrics;

namespace FineTune.Cli.Show;

/// <summary>Metrics for machines; what is not defined is null.</summary>
internal static class ReportJson
{
    private const int CurvePoints = 100; // at most: a point a percent of coverage

    public static JsonObject Of(ClassificationReport report)
    {
        var json = Format.Json(report.Score);
        json["balanced_accuracy"] = report.Confusion.BalancedAccuracy;
        json["macro_f1"] = report.Confusion.MacroF1;
        json["weighted_f1"] = report.Confusion.WeightedF1;
        json["brier"] = report.Brier;
        json["adaptive_ece"] = report.AdaptiveEce;
        json["auroc"] = report.Auroc;
        json["average_precision"] = report.AveragePrecision;
        json["aurc"] = report.RiskCoverage.Aurc;
        json["kappa"] = report.Confusion.Kappa;
        json["confusion"] = new JsonArray([.. report.Confusion.Counts.Select(row => new JsonArray([.. row.Select(c => (JsonNode?)c)]))]);
        json["per_class"] = ByName(report.PerClass, c => c.Class, c => new JsonObject
        {
            ["precision"] = c.Precision,
            ["recall"] = c.Recall,
            ["f1"] = c.F1,
            ["n"] = c.N,
            ["auroc"] = c.Auroc,
            ["average_precision"] = c.AveragePrecision,
        });
        json["risk_coverage"] = Curve(report.RiskCoverage);
        return json;
    }

    /// <summary>What abstaining gives, for all classes and for each.</summary>
    public static JsonObject Of(CoveragePoint point, IReadOnlyList<ClassThreshold> perClass)
    {
        var json = Point(point);
        json["per_class"] = ByName(perClass, c => c.Class, c =>
        {
            var own = c.Point is { } p ? Point(p) : new JsonObject { ["threshold"] = null, ["coverage"] = null, ["accuracy"] = null };
            own["n"] = c.N;
            return own;
        });
        return json;
    }

    /// <summary>A calibration, how it was fitted, and what is measured after it.</summary>
    public static JsonObject Of(Calibrated calibrated, string fittedOn)
    {
        var score = Score.Of(calibrated.Predictions);
        var json = new JsonObject
        {
            ["method"] = calibrated.Method,
            ["fitted_on"] = fittedOn,
            ["cross_fitted"] = calibrated.Folds is not null,
            ["folds"] = calibrated.Folds,
            ["top1"] = score.Top1,
            ["nll"] = score.Nll,
            ["ece"] = score.Ece,
            ["adaptive_ece"] = CalibrationError.EqualMass(calibrated.Predictions),
            ["brier"] = ClassificationReport.BrierOf(calibrated.Predictions),
        };
        if (calibrated.Fitted is TemperatureScaling temperature)
            json["temperature"] = temperature.Temperature;
        return json;
    }

    private static JsonObject Point(CoveragePoint point) => new()
    {
        ["threshold"] = point.Threshold,
        ["coverage"] = point.Coverage,
        ["accuracy"] = point.Accuracy,
    };

    private static JsonArray Curve(RiskCoverage curve)
    {
        var points = Enumerable.Range(1, CurvePoints).Select(percent => curve.At((double)percent / CurvePoints)).Distinct();
        return [.. points.Select(p => (JsonNode?)new JsonObject { ["threshold"] = p.Threshold, ["coverage"] = p.Coverage, ["risk"] = p.Risk })];
    }

    private static JsonObject ByName<T>(IEnumerable<T> rows, Func<T, string> name, Func<T, JsonObject> json)
    {
        var all = new JsonObject();
        foreach (var row in rows)
            all[name(row)] = json(row);
        return all;
    }
}
