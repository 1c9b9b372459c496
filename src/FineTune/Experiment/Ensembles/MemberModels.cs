using FineTune.Data;
using FineTune.Evaluate;

namespace FineTune.Experiment.Ensembles;

/// <summary>
/// The members of an ensemble, opened. They look at images together: those with the same input see each image decoded and resized once, and
/// what their networks have in common is computed once.
/// </summary>
internal sealed class MemberModels : IDisposable
{
    private readonly IReadOnlyList<IReadOnlyList<int>> _groups; // of members whose images and outputs are the same

    /// <summary>Takes over models.</summary>
    /// <param name="members">A name and a model each, at least one.</param>
    /// <param name="classes">The classes of the images, in the order of their labels; each model has them in whatever order.</param>
    /// <exception cref="FineTuneException">One is for other classes; all are freed then.</exception>
    public MemberModels(IReadOnlyList<(string Name, LoadedModel Model)> members, IReadOnlyList<string> classes)
    {
        Members = members;
        Classes = classes;
        try
        {
            foreach (var (name, model) in members)
                Require(name, model);
        }
        catch
        {
            Dispose();
            throw;
        }

        _groups = [.. Enumerable.Range(0, members.Count)
            .GroupBy(m => (members[m].Model.Network.Preprocessing, string.Join('\0', members[m].Model.ClassNames)))
            .Select(g => g.ToArray())];
    }

    /// <summary>A name and a model each.</summary>
    public IReadOnlyList<(string Name, LoadedModel Model)> Members { get; }

    /// <summary>The classes, in the order of the images' labels.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Stages that run once for all members, of how many: (0, 0) where the members have other inputs.</summary>
    public (int Shared, int Stages) Sharing
    {
        get
        {
            if (_groups.Count > 1)
                return default;
            var networks = Members.Select(m => m.Model.Network).ToArray();
            using var joint = new JointForward(networks);
            return (joint.SharedStages, networks[0].Stages.Count);
        }
    }

    /// <summary>What each member says about images, with <see cref="Classes"/> as columns.</summary>
    /// <param name="samples">The images; their labels are positions in <see cref="Classes"/>.</param>
    /// <param name="decoded">Decoded images, shared.</param>
    /// <param name="options">Views and draws.</param>
    /// <param name="progress">Told the images done, by all members.</param>
    public IReadOnlyList<Predictions> Predict(
        IReadOnlyList<Sample> samples, DecodedCache decoded, InferenceOptions options, IProgress<int>? progress = null)
    {
        var results = new Predictions[Members.Count];
        var before = 0;
        foreach (var group in _groups)
        {
            var done = before;
            var tell = progress is null ? null : new Relay<int>(n => progress.Report(done + (n * group.Count / Members.Count)));
            var models = group.Select(m => Members[m].Model).ToArray();
            var said = Predictor.Predict([.. models.Select(m => m.Network)], samples, decoded, models[0].ClassNames, options, tell);
            foreach (var (m, p) in group.Zip(said))
                results[m] = p.Ordered(Classes);
            before += samples.Count * group.Count / Members.Count;
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, model) in Members)
            model.Dispose();
    }

    private void Require(string name, LoadedModel model)
    {
        if (ClassNames.AreSame(Classes, model.ClassNames))
            return;
        throw new FineTuneException($"The images are of the classes {ClassNames.Some(Classes)}, "
            + $"but '{name}' tells apart {ClassNames.Some(model.ClassNames)}; "
            + "the members of an ensemble have the same classes.");
    }
}
