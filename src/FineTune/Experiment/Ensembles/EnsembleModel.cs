using FineTune.Data;
using FineTune.Ensemble;
using FineTune.Evaluate;

namespace FineTune.Experiment.Ensembles;

/// <summary>A saved ensemble as a classifier.</summary>
internal sealed class EnsembleModel(string folder, SavedEnsemble saved, MemberModels members) : IClassifier
{
    private readonly Combination _method = Combination.Find(saved.Method);
    private readonly double[] _weights = [.. saved.Members.Select(m => m.Weight)];

    public IReadOnlyList<string> ClassNames => members.Classes;

    public string Source => folder;

    public IReadOnlyList<string> Notes => [.. members.Members.SelectMany(m => m.Model.Notes)];

    /// <summary>Its members, in order.</summary>
    public IReadOnlyList<LoadedModel> Models => [.. members.Members.Select(m => m.Model)];

    public Predictions Predict(
        IReadOnlyList<Sample> samples, DecodedCache decoded, InferenceOptions? options = null, IProgress<int>? progress = null) =>
        _method.Combine(members.Predict(samples, decoded, options ?? InferenceOptions.Default, progress), _weights);

    public void Dispose() => members.Dispose();
}
