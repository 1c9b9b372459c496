using System.Diagnostics;
using System.Globalization;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;

namespace FineTune.Benchmarks;

/// <summary>
/// A pass of a run's first snapshot over the validation images, and one of all snapshots together, in turns; images are decoded before. A
/// line a round: the seconds of each.
/// </summary>
internal static class EnsemblePass
{
    /// <summary>Args: a run's folder, and the number of rounds (default 20). The first two warm up and are not printed.</summary>
    public static void Run(string[] args)
    {
        const int WarmUp = 2;
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20;
        var session = new RunSession(args[0]);
        var samples = session.Samples().Samples;
        var opened = session.OpenMembers(MemberSelection.All);
        using var members = new MemberModels([.. opened.Select((m, k) => ($"{k}", m))], session.Images.Classes);
        for (var round = 0; round < rounds + WarmUp; round++)
        {
            var start = Stopwatch.GetTimestamp();
            session.Predict(opened[0], samples);
            var single = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            Predictions.Average(members.Predict(samples, session.Splits.Decoded, InferenceOptions.Default));
            var all = Stopwatch.GetElapsedTime(start);
            if (round >= WarmUp)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{single.TotalSeconds:F4} {all.TotalSeconds:F4}"));
        }
    }
}
