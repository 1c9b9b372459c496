using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Train;

namespace FineTune.Experiment.Report;

/// <summary>What a finished run is, as the sections of its report see it.</summary>
/// <param name="Experiment">The run.</param>
/// <param name="Chosen">What its result says about the validation images.</param>
/// <param name="Network">Its result, in inference mode.</param>
/// <param name="Pictures">The images, small.</param>
internal sealed record ReportFacts(Experiment Experiment, ChosenWeights Chosen, Network Network, Pictures Pictures)
{
    /// <summary>What stood out.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>How long training took.</summary>
    public double Seconds { get; init; }

    /// <summary>The recipe.</summary>
    public Recipe Recipe => Experiment.Parts.Recipe;

    /// <summary>Where the run is kept.</summary>
    public RunFolder Folder => Experiment.Parts.Folder;

    /// <summary>Class names.</summary>
    public IReadOnlyList<string> Classes => Experiment.Parts.Classes;

    /// <summary>The result's predictions.</summary>
    public Predictions Predictions => Chosen.Predictions;

    /// <summary>The images that they are of.</summary>
    public IReadOnlyList<Sample> Validation => Experiment.Parts.Validation.Samples;

    /// <summary>An image as people find it again: its class, which is its folder, and the name of its file.</summary>
    public string NameOf(Sample sample) => Printable.Of($"{ShortText.Of(Classes[sample.Label])}/{Path.GetFileName(sample.Path)}");
}
