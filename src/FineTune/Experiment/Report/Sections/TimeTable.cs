namespace FineTune.Experiment.Report.Sections;

/// <summary>How long training took, and images per second.</summary>
internal static class TimeTable
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var parts = facts.Experiment.Parts;
        var (trained, watched) = (parts.Training.Samples.Count * facts.Recipe.EpochRepeats, facts.Validation.Count);
        var epochs = MetricsFile.Lines(facts.Folder)
            .Where(l => (int)l["epoch"]! > 0 && l["seconds"] is not null)
            .Select(l => (double)l["seconds"]!)
            .ToArray();
        var lasted = epochs.Select((end, k) => k == 0 ? end : end - epochs[k - 1]).ToArray();
        var rows = new List<string[]> { new[] { "training and validation", Html.Text($"{facts.Seconds:0.0} s") } };
        if (facts.Experiment.Plan is { } plan)
            rows.Add(["deciding, before it", Html.Text($"{plan.Seconds:0.0} s")]);
        if (lasted.Length > 0)
        {
            var typical = lasted.Order().ElementAt(lasted.Length / 2);
            rows.Add(["an epoch, the median", Html.Text($"{typical:0.00} s")]);
            rows.Add(["the first epoch", Html.Text($"{lasted[0]:0.00} s")]);
            rows.Add(["images per second, of the median epoch", Html.Text($"{(trained + watched) / Math.Max(typical, 1e-9):0}")]);
        }

        return new Section(
            "time",
            "Time",
            Html.Table("time", ["what", "took"], rows),
            Html.Text($"An epoch is {trained} training images and the validation of {watched}. ")
            + "The first one decodes the images, and computes what is kept of frozen layers.");
    }
}
