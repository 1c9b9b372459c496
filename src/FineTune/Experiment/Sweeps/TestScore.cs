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
public sealed record TestScore(int Configuration, int Images, IReadOnlyList<double> Top1, IReadOnlyList<double> Nll)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The mean accuracy, with the interval of the runs' spread, or of the images for a single run.</summary>
    public (double Mean, Interval Interval) Accuracy => Top1.Count > 1
        ? (Top1.Average(), ReplicateMean.Of(Top1).Interval!.Value)
        : (Top1[0], BinomialInterval.OfRate(Top1[0], Images));

    /// <summary>Measures it, or reads what was measured before.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="leader">The chosen configuration.</param>
    /// <returns>Null where there are no test images, or they cannot be measured on; and what is to be known.</returns>
    internal static (TestScore? Test, IReadOnlyList<string> Notes) Of(SweepFolder folder, ConfigurationRow leader)
    {
        try
        {
            using var held = folder.Hold();
            if (File.Exists(folder.Test))
                return (Read(folder), []);
            var images = RunImages.Read(folder.Run(leader.Tasks[0].Number));
            if (images is null || !images.Splits.Contains(SplitName.Test) || !images.Splits.Contains(SplitName.Validation))
                return (null, []);
            var scores = leader.Tasks.Select(t => Measure(folder.Run(t.Number).Path)).ToArray();
            var test = new TestScore(
                leader.Configuration, scores[0].N, [.. scores.Select(s => s.Top1)], [.. scores.Select(s => s.Nll)]);
            AtomicFile.WriteJson(folder.Test, JsonSerializer.SerializeToNode(test, SnakeCase)!);
            return (test, []);
        }
        catch (FineTuneException e)
        {
            return (null, [$"The test images could not be measured on: {e.Message}"]);
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
            if (JsonSerializer.Deserialize<TestScore>(RegularFile.Text(folder.Test), SnakeCase) is { Images: > 0, Top1.Count: > 0, Nll: not null } test)
                return test;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new FineTuneException($"'{folder.Test}' cannot be read: {JsonReason.Of(e)}.", e);
        }

        throw new FineTuneException($"'{folder.Test}' is not what a sweep writes; the file is damaged.");
    }
}
