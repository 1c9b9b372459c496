using System.CommandLine;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;

namespace FineTune.Cli;

/// <summary>What --run names, for verbs that measure or use it: a run, or a saved ensemble.</summary>
internal static class ResultInput
{
    /// <param name="folder">The word of --run.</param>
    /// <param name="parsed">The other options.</param>
    /// <param name="precision">--precision, of a run only.</param>
    /// <param name="layout">--layout, of a run only.</param>
    /// <param name="weights">--weights, of a run only: best or last.</param>
    /// <param name="maxPixels">--max-pixels.</param>
    /// <param name="ranks">Those that use it together.</param>
    /// <param name="data">The word of --data; null: where the run has its images.</param>
    public static IResultSession Open(
        string folder,
        ParseResult parsed,
        Option<string?> precision,
        Option<string?> layout,
        Option<string?> weights,
        Option<long?> maxPixels,
        ICommunicator ranks,
        string? data = null)
    {
        if (!SavedEnsemble.Is(folder))
        {
            return new RunSession(folder, parsed.GetValue(precision), parsed.GetValue(layout), data,
                Options.ResultWeights(parsed.GetValue(weights)), parsed.GetValue(maxPixels))
            {
                RecordsTests = ranks.Rank == 0,
            };
        }
        return CommonOptions.Given(parsed, [precision, layout, weights]) is { } given
            ? throw new UsageException($"'{folder}' is a saved ensemble, whose members compute as they did; leave out {given}.")
            : new SavedEnsembleSession(folder, data, parsed.GetValue(maxPixels)) { RecordsTests = ranks.Rank == 0 };
    }
}
