using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTune.Experiment.Auto;

/// <summary>Something that recipe auto decided.</summary>
/// <param name="What">What it is about, in a word or two.</param>
/// <param name="Value">What was decided.</param>
/// <param name="Reason">Why.</param>
public sealed record PlanDecision(string What, string Value, string Reason);

/// <summary>A short training that was tried to compare what trains, measured on training images that it did not see.</summary>
/// <param name="Optimizer">The optimizer's name.</param>
/// <param name="Trainable">What trained, as a recipe writes it.</param>
/// <param name="Lr">The highest learning rate; 0: the fitted head alone.</param>
/// <param name="Steps">Steps.</param>
/// <param name="HeldOut">Images that it was measured on.</param>
/// <param name="Top1">Part of them that was right, in 0..1.</param>
/// <param name="Nll">Their negative log-likelihood; infinite where training diverged.</param>
/// <param name="Seconds">What its steps took.</param>
public sealed record PlanTrial(
    string Optimizer, string Trainable, double Lr, int Steps, int HeldOut, double Top1, double Nll, double Seconds);

/// <summary>What recipe auto decided for a run, and what it measured to decide.</summary>
/// <param name="Decisions">In the order in which they were made.</param>
/// <param name="Trials">The race.</param>
/// <param name="Bound">Where the learning rate lies at an end of the range that is considered: lowest or highest; else null.</param>
/// <param name="Seconds">What deciding took.</param>
public sealed record Plan(IReadOnlyList<PlanDecision> Decisions, IReadOnlyList<PlanTrial> Trials, string? Bound, double Seconds)
{
    /// <summary>Why the length is what it is, where the recipe gives it.</summary>
    internal const string LengthIsGiven = "epochs is given";

    /// <summary>plan.md.</summary>
    public string Markdown
    {
        get
        {
            var text = new StringBuilder("# What recipe auto decided\n\n| what | value | why |\n| --- | --- | --- |\n");
            foreach (var d in Decisions)
                text.Append(CultureInfo.InvariantCulture, $"| {Cell(d.What)} | {Cell(d.Value)} | {Cell(d.Reason)} |\n");
            text.Append(CultureInfo.InvariantCulture, $"\nDeciding took {Seconds:0.0} s.\n");
            if (Trials.Count > 0)
            {
                text.Append("\n## Short trainings that were compared, on training images that they did not see\n\n")
                    .Append("| optimizer | trainable | lr | steps | images | top-1 | NLL |\n| --- | --- | --- | --- | --- | --- | --- |\n");
            }

            foreach (var t in Trials)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {t.Optimizer} | {t.Trainable} | {t.Lr:0.######} | {t.Steps} ")
                    .Append(CultureInfo.InvariantCulture, $"| {t.HeldOut} | {100 * t.Top1:0.0}% | {t.Nll:0.000} |\n");
            }

            return text.Append("\nrecipe.yaml has the result: the run is repeated by it without measuring again.\n").ToString();
        }
    }

    /// <summary>The same for manifest.json.</summary>
    public JsonObject Json => new()
    {
        ["decisions"] = new JsonArray([.. Decisions.Select(d => (JsonNode?)new JsonObject
        {
            ["what"] = d.What,
            ["value"] = d.Value,
            ["reason"] = d.Reason,
        })]),
        ["trials"] = new JsonArray([.. Trials.Select(t => (JsonNode?)new JsonObject
        {
            ["optimizer"] = t.Optimizer,
            ["trainable"] = t.Trainable,
            ["lr"] = t.Lr,
            ["steps"] = t.Steps,
            ["held_out"] = t.HeldOut,
            ["top1"] = t.Top1,
            ["nll"] = double.IsFinite(t.Nll) ? t.Nll : null,
            ["seconds"] = t.Seconds,
        })]),
        ["bound"] = Bound,
        ["seconds"] = Seconds,
    };

    /// <summary>What <see cref="Json"/> wrote.</summary>
    /// <param name="json">The object.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="FineTuneException">It is damaged.</exception>
    internal static Plan Of(JsonObject json, string source)
    {
        try
        {
            return new Plan(
                [.. json["decisions"]!.AsArray()
                    .Select(d => new PlanDecision((string)d!["what"]!, (string)d["value"]!, (string)d["reason"]!))],
                [.. json["trials"]!.AsArray().Select(t => new PlanTrial(
                    (string)t!["optimizer"]!,
                    (string)t["trainable"]!,
                    (double)t["lr"]!,
                    (int)t["steps"]!,
                    (int)t["held_out"]!,
                    (double)t["top1"]!,
                    (double?)t["nll"] ?? double.PositiveInfinity,
                    (double?)t["seconds"] ?? 0))],
                (string?)json["bound"],
                (double)json["seconds"]!);
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new FineTuneException($"'{source}' has a plan that cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
