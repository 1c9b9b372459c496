using FineTune.Data;
using FineTune.Engine;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Train;

namespace FineTune.Experiment.Ensembles;

/// <summary>Members on disk, opened to be combined, measured and kept as one.</summary>
public sealed class EnsembleSession : IDisposable
{
    private readonly EnsembleRequest _request;
    private readonly List<MemberFile> _files;
    private readonly MemberModels _models;
    private readonly InferenceOptions _options;
    private readonly RunSession _first;
    private readonly List<string> _notes = [];
    private (string MadeBy, Combination Method, IReadOnlyList<(int File, double Weight)> Members)? _result;
    private Soup? _soup;

    /// <summary>Opens the members.</summary>
    /// <param name="request">What they are.</param>
    /// <exception cref="FineTuneException">One cannot be read, or they cannot be of one ensemble.</exception>
    public EnsembleSession(EnsembleRequest request)
    {
        if (!Methods.Any(m => m.Name == request.Method))
            throw Nearest.Unknown("method", request.Method, Methods.Select(m => m.Name));
        if (request.Runs.Count == 0)
            throw new FineTuneException("An ensemble is chosen and measured on the images of a run; give at least one --run.");
        if (request.Runs.FirstOrDefault(SavedEnsemble.Is) is { } kept)
            throw new FineTuneException($"'{kept}' is a saved ensemble, not a run; measure it by `finetune eval --run`, or combine the runs that it was made of.");
        _request = request;
        var runs = request.Runs.Select(r => new RunSession(r, data: request.Data)).ToArray();
        _first = runs[0];
        _options = _first.Inference(request.Views, request.Passes);
        _files = Files(runs);
        var opened = new List<(string Name, LoadedModel Model)>();
        try
        {
            foreach (var file in _files)
                opened.Add((file.Name, Opened(file)));
        }
        catch
        {
            foreach (var (_, model) in opened)
                model.Dispose();
            throw;
        }

        _models = new MemberModels(opened);
        TorchEngine.Start(_first.Recipe.Threads); // as the first run, whatever the others did
    }

    /// <summary>Every method: a name and a summary.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Methods { get; } =
        [.. Combination.Table.Select(c => (c.Name, c.Summary)), .. Soup.Table];

    /// <summary>How many members there are to choose from.</summary>
    public int Candidates => _files.Count;

    /// <summary>What is to be known, a sentence each.</summary>
    public IReadOnlyList<string> Notes => [.. _notes, .. _files.Select(f => f.Run).OfType<RunSession>().Prepend(_first).SelectMany(r => r.Notes).Distinct()];

    /// <summary>Stages that run once for all candidates, of how many; (0, 0) where they have other inputs.</summary>
    public (int Shared, int Stages) Sharing => _models.Sharing;

    /// <summary>Measures members and ensemble.</summary>
    /// <param name="split">Where scores are taken; null: the validation images. Choices are made on validation always.</param>
    /// <param name="progress">Told the images done, of all.</param>
    /// <exception cref="FineTuneException">A member was trained on images that are measured, or there are fewer than are asked for.</exception>
    public EnsembleReport Evaluate(string? split = null, IProgress<(int Done, int Total)>? progress = null)
    {
        var chosenOn = _first.Splits.Watched;
        _notes.AddRange(MemberChecks.Require(_files, _first, [.. new[] { chosenOn, split ?? chosenOn }.Distinct()]));
        if (split == SplitName.Test && chosenOn != split)
        {
            foreach (var run in _files.Select(f => f.Run).OfType<RunSession>().DistinctBy(r => r.Folder.Path))
                run.Splits.OpenTest();
        }

        var choosing = _first.Samples().Samples;
        var measuring = split is null || split == chosenOn ? choosing : _first.Samples(split).Samples;
        var total = choosing.Count + (ReferenceEquals(choosing, measuring) ? 0 : measuring.Count);
        var onValidation = Predict(choosing, done => progress?.Report((done, total)));
        var onMeasured = ReferenceEquals(choosing, measuring) ? onValidation : Predict(measuring, done => progress?.Report((choosing.Count + done, total)));
        var members = _files.Select((f, m) => new Member(f.Name, onValidation[m], onMeasured[m])).ToArray();
        var report = Soup.Is(_request.Method)
            ? OfSoup(members, choosing, measuring, split ?? chosenOn, chosenOn)
            : OfCombination(members, split ?? chosenOn, chosenOn);
        return report;
    }

    /// <summary>
    /// Measures the ensemble beside what else its cost could have bought: the best single member, that with as many random views as the ensemble
    /// has members, soups of the same members, and other runs, alone and together.
    /// </summary>
    /// <param name="report">By <see cref="Evaluate"/>.</param>
    /// <param name="against">Folders of other runs on the same images, such as one that was trained as long without snapshots.</param>
    /// <exception cref="FineTuneException">A run has other images.</exception>
    public MethodComparison Compare(EnsembleReport report, IReadOnlyList<string> against)
    {
        var others = against.Select(r => MemberFile.Result(new RunSession(r, data: _request.Data), r)).ToArray();
        MemberChecks.Require(others, _first, [.. new[] { report.ChosenOn, report.Split }.Distinct()]);
        TorchEngine.Start(_first.Recipe.Threads);
        using var ways = new Ways(_files, _models, _options, _first, report);
        return ways.Compare(Combination.Table.FirstOrDefault(c => c.Name == report.Method), _soup, others, Opened);
    }

    /// <summary>Keeps what <see cref="Evaluate"/> made, to be used like a run.</summary>
    /// <param name="folder">A folder that is new or empty.</param>
    /// <exception cref="FineTuneException">It is not, or it cannot be written.</exception>
    public void Save(string folder)
    {
        var (madeBy, method, members) = _result ?? throw new InvalidOperationException("Evaluate makes what is saved.");
        var place = new RunFolder(folder);
        place.CheckFree();
        place.CheckOutside(_first.Splits.Images.Find(_first.Folder, _request.Data));
        Directory.CreateDirectory(SavedEnsemble.PathOf(folder, string.Empty));
        var saved = new List<SavedMember>();
        foreach (var (file, weight) in members.Where(m => m.Weight > 0))
        {
            var name = FormattableString.Invariant($"{saved.Count + 1:000}.safetensors");
            var path = SavedEnsemble.PathOf(folder, name);
            var model = _soup?.Model ?? _models.Members[file].Model;
            Checkpoint.SaveWeights(path, model.Network, model.ClassNames);
            var numerics = model.Network.Numerics;
            saved.Add(new SavedMember(
                _soup is null ? _files[file].Name : madeBy,
                name,
                model.Network.GetName(),
                numerics.PrecisionName,
                numerics.LayoutName,
                weight,
                SavedEnsemble.Hash(path),
                _soup is null ? Path.GetFullPath(_files[file].Path) : null));
        }

        var images = _first.Splits.Images;
        (images with { FromRun = Path.GetRelativePath(Path.GetFullPath(folder), images.Root).Replace('\\', '/') }).Write(place);
        var version = typeof(SavedEnsemble).Assembly.GetName().Version!.ToString(3);
        new SavedEnsemble(1, version, method.Name, madeBy, _options.Views.Name, _request.Passes, _options.Seed, _first.Recipe.Threads, _models.Classes, saved).Write(folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _soup?.Dispose();
        _models.Dispose();
    }

    /// <summary>Why a run has no ensemble, and what to do.</summary>
    internal static FineTuneException NoSnapshots(string run) =>
        new($"The run '{run}' has no snapshots; train it with --set snapshots=5, or give a second --run.");

    private IReadOnlyList<Predictions> Predict(IReadOnlyList<Sample> samples, Action<int> tell) =>
        _models.Predict(samples, _first.Splits.Decoded, _options, new Relay<int>(tell));

    private EnsembleReport OfCombination(Member[] members, string split, string chosenOn)
    {
        var method = Combination.Find(_request.Method);
        var report = EnsembleEvaluation.Of(members, _request.Selection, method, split, chosenOn);
        var position = members.Select((m, k) => (m.Name, k)).ToDictionary(p => p.Name, p => p.k);
        _result = (method.Name, method, [.. report.Rows.Select(r => (position[r.Name], r.Weight))]);
        return report;
    }

    private EnsembleReport OfSoup(Member[] members, IReadOnlyList<Sample> choosing, IReadOnlyList<Sample> measuring, string split, string chosenOn)
    {
        var chosen = EnsembleEvaluation.Chosen(members, _request.Selection);
        var positions = chosen.Select(c => Array.IndexOf(members, c)).ToArray();
        _soup?.Dispose();
        _soup = Soup.Make(
            _request.Method,
            [.. positions.Select(k => _models.Members[k])],
            [.. chosen.Select(m => Score.Of(m.Validation))],
            () => Opened(_files[positions[0]]),
            _first,
            _options);
        if (_soup.Note is { } note)
            _notes.Add(note);
        var ingredients = _soup.Ingredients.Order().Select(i => chosen[i]).ToArray();
        _result = (_request.Method, Combination.Table[0], [(positions[0], 1.0)]);
        var averaged = _soup.Model.Predict(measuring, _first.Splits.Decoded, _options);
        return EnsembleEvaluation.OfAverage(members, ingredients, _request.Method, averaged, split, chosenOn);
    }

    private List<MemberFile> Files(RunSession[] runs)
    {
        var snapshots = _request.Snapshots ?? (runs.Length == 1 && _request.Weights.Count == 0);
        var files = new List<MemberFile>();
        foreach (var run in runs)
        {
            var name = runs.Length == 1 ? Path.GetFileName(Path.GetFullPath(run.Folder.Path)) : run.Folder.Path;
            if (!snapshots)
                files.Add(MemberFile.Result(run, name));
            else if (run.Folder.Snapshots.Count == 0)
                throw NoSnapshots(run.Folder.Path);
            else
                files.AddRange(MemberFile.Snapshots(run, runs.Length == 1 ? string.Empty : name + "/"));
        }

        files.AddRange(_request.Weights.Select(MemberFile.Of));
        var twice = files.GroupBy(f => RealPath.Of(f.Path), StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? files : throw new FineTuneException($"The member '{twice.Last().Name}' is given twice; give each once.");
    }

    private static LoadedModel Opened(MemberFile file)
    {
        if (file.Run is { } run && file.Model is not null)
            return run.Opened(file.Path);
        return WeightsSession.OpenModel(file.Model, file.Path);
    }
}
