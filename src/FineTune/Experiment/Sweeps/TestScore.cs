using System.Text.Json;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Sweeps;

/// <summary>
/// What the chosen configuration scores on images that nothing was chosen on. It is measured once and kept: another choice, after a look
/// at it, would make it optimistic.
/// </summary>
/// <param name="Configuration">Its number.</param>
/// <param name="Images">Test images.</param>
/// <param name="Top1">Accuracy of each of its runs.</param>
/// <param name="Nll">Negative log-likelihood of each.</param>
/// <param name="Overlap">Of folds, the images that are validated on to those that are trained on; 0: the runs are of seeds.</param>
public sealed record TestScore(int Configuration, int Images, IReadOnlyList<double> Top1, IReadOnlyList<double> Nll, double Overlap)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The mean accuracy, with the interval of the runs' spread, or of the images for a single run.</summary>
    public ReplicateMean Accuracy => Top1.Count > 1
        ? ReplicateMean.Of(Top1, Overlap).AsRate()
        : new ReplicateMean(Top1[0], BinomialInterval.OfRate(Top1[0], Images), null);

    /// <summary>Measures it, or reads what was measured before.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="leader">The chosen configuration.</param>
    /// <param name="overlap">Of its folds.</param>
    /// <returns>Null where there are no test images, or they cannot be measured on, and why they cannot.</returns>
    internal static (TestScore? Test, string? Why) Of(SweepFolder folder, ConfigurationRow leader, double overlap)
    {
        try
        {
            using var held = folder.HoldTest();
            if (File.Exists(folder.Test))
                return (Read(folder), null);
            var images = RunImages.Read(folder.Run(leader.Tasks[0].Number));
            if (images is null || !images.Splits.Contains(SplitName.Test) || !images.Splits.Contains(SplitName.Validation))
                return (null, null);
            var scores = leader.Tasks.Select(t => Measure(folder.Run(t.Number).Path)).ToArray();
            var test = new TestScore(
                leader.Configuration, scores[0].N, [.. scores.Select(s => s.Top1)], [.. scores.Select(s => s.Nll)], overlap);
            AtomicFile.WriteJson(folder.Test, JsonSerializer.SerializeToNode(test, SnakeCase)!);
            return (test, null);
        }
        catch (FineTuneException e)
        {
            return (null, $"The test images could not be measured on: {folder.Within(e.Message)}");
        }
    }

    private static Score Measure(string run)
    {
        var session = new RunSession(run);
        using var model = session.OpenResult();
        return Score.Of(session.Predict(model, session.Samples(SplitName.Test).Samples));
    }

    private static TestScore Read(SweepFolder folder)
    {
        try
        {
            var read = JsonSerializer.Deserialize<TestScore>(RegularFile.Text(folder.Test), SnakeCase);
            if (read is { Images: > 0, Top1.Count: > 0, Nll: not null })
                return read;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new FineTuneException($"'{folder.Test}' cannot be read: {JsonReason.Of(e)}.", e);
        }

        throw new FineTuneException($"'{folder.Test}' is not what a sweep writes; the file is damaged.");
    }
}
