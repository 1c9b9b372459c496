using FineTune.Data;
using FineTune.Engine;
using FineTune.Ensemble;
using FineTune.Evaluate;

namespace FineTune.Experiment.Ensembles;

/// <summary>Members on disk, opened to be combined, measured and kept as one.</summary>
public sealed class EnsembleSession : IDisposable
{
    private readonly EnsembleRequest _request;
    private readonly List<MemberFile> _files;
    private readonly MemberFile[] _against;
    private readonly MemberModels _models;
    private readonly LoadedModel? _result; // of the run whose snapshots the members are
    private readonly InferenceOptions _options;
    private readonly RunSession _first;
    private readonly List<string> _notes = [];
    private (string MadeBy, Combination Method, IReadOnlyList<(int File, double Weight)> Members)? _made;
    private Soup? _soup;
    private EnsembleFolder? _kept;

    /// <summary>Opens the members.</summary>
    /// <param name="request">What they are.</param>
    /// <exception cref="FineTuneException">One cannot be read, or they cannot be of one ensemble.</exception>
    public EnsembleSession(EnsembleRequest request)
    {
        FindMethod(request.Method);
        if (request.Runs.Count == 0)
            throw new FineTuneException("An ensemble is chosen and measured on the images of a run; give at least one --run.");
        _request = request;
        var runs = request.Runs.Select(Session).ToArray();
        _first = runs[0];
        _options = _first.Inference(request.Views, request.Passes) with { Ranks = request.Ranks };
        _files = Files(runs);
        _against = [.. request.Against.Select(r => MemberFile.Result(Session(r), r))];
        MemberChecks.RequireClasses([.. _files, .. _against], _first);
        var opened = new List<(string Name, LoadedModel Model)>();
        try
        {
            foreach (var file in _files)
                opened.Add((file.Name, Opened(file)));
            _result = AreSnapshots && runs.Length == 1 ? _first.OpenResult() : null;
        }
        catch
        {
            foreach (var (_, model) in opened)
                model.Dispose();
            throw;
        }

        _models = new MemberModels(opened, _first.Images.Classes);
        TorchEngine.Start(_first.Recipe.Threads); // as the first run, whatever the others did
    }

    /// <summary>Every method: a name and a summary.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Methods { get; } =
        [.. Combination.Table.Select(c => (c.Name, c.Summary)), .. Soup.Table];

    /// <summary>How many members there are to choose from.</summary>
    public int Candidates => _files.Count;

    /// <summary>What is to be known, a sentence each.</summary>
    public IReadOnlyList<string> Notes =>
        [.. _notes.Concat(Runs.SelectMany(r => r.Notes)).Concat(_models.Members.SelectMany(m => m.Model.Notes)).Distinct()];

    /// <summary>Stages that run once for all candidates, of how many; (0, 0) where they have other inputs.</summary>
    public (int Shared, int Stages) Sharing => _models.Sharing;

    /// <summary>Measures members and ensemble.</summary>
    /// <param name="split">Where scores are taken; null: the validation images. Choices are made on validation always.</param>
    /// <param name="progress">Told the images done, of all.</param>
    /// <exception cref="FineTuneException">
    /// A member was trained on images that are measured, or there are fewer than are asked for.
    /// </exception>
    public EnsembleReport Evaluate(string? split = null, IProgress<(int Done, int Total)>? progress = null)
    {
        var chosenOn = _first.Splits.Watched;
        _notes.AddRange(MemberChecks.Require([.. _files, .. _against], _first, [.. new[] { chosenOn, split ?? chosenOn }.Distinct()]));
        if (split == SplitName.Test && chosenOn != split)
        {
            foreach (var run in Runs.DistinctBy(r => r.Folder.Path))
                run.Splits.OpenTest();
        }

        var choosing = _first.Samples().Samples;
        var measuring = split is null || split == chosenOn ? choosing : _first.Samples(split).Samples;
        var total = choosing.Count + (ReferenceEquals(choosing, measuring) ? 0 : measuring.Count);
        var onValidation = Predict(choosing, done => progress?.Report((done, total)));
        var onMeasured = ReferenceEquals(choosing, measuring)
            ? onValidation
            : Predict(measuring, done => progress?.Report((choosing.Count + done, total)));
        var members = _files.Select((f, m) => new Member(f.Name, onValidation[m], onMeasured[m])).ToArray();
        var report = Soup.Is(_request.Method)
            ? OfSoup(members, choosing, measuring, split ?? chosenOn, chosenOn)
            : OfCombination(members, split ?? chosenOn, chosenOn);
        return _result is null ? report : report with
        {
            Result = OwnResult.Of(_first.Predict(_result, measuring, _options), report.Predictions) with
            {
                IsChosenHere = _first.Recipe.ResultWeights == "best" && ReferenceEquals(choosing, measuring),
            },
        };
    }

    /// <summary>
    /// Measures the ensemble beside what else its cost could have bought: the best single member, that with as many random views
    /// as the ensemble has members, soups of the same members, and other runs, alone and together.
    /// </summary>
    /// <param name="report">By <see cref="Evaluate"/>.</param>
    public MethodComparison Compare(EnsembleReport report)
    {
        using var ways = new Ways(_files, _models, _options, _first, report);
        return ways.Compare(Combination.Table.FirstOrDefault(c => c.Name == report.Method), _soup, _against, Opened);
    }

    /// <summary>Holds a folder for <see cref="Save"/>, before anything takes time.</summary>
    /// <param name="folder">A folder that is new or empty.</param>
    /// <exception cref="FineTuneException">It is not, another process holds it, or it cannot be written.</exception>
    public void Reserve(string folder)
    {
        _kept?.Dispose();
        _kept = null;
        _kept = EnsembleFolder.Reserve(folder, _first.Images.Find(_first.Folder, _request.Data));
    }

    /// <summary>Keeps what <see cref="Evaluate"/> made, to be used like a run.</summary>
    /// <param name="folder">A folder that is new or empty, or that is held by <see cref="Reserve"/>.</param>
    /// <exception cref="FineTuneException">It is not, or it cannot be written.</exception>
    public void Save(string folder)
    {
        var (madeBy, method, members) = _made ?? throw new InvalidOperationException("Evaluate makes what is saved.");
        if (_kept?.Path != folder)
            Reserve(folder);
        using var place = _kept!;
        _kept = null;
        var saved = new List<SavedMember>();
        foreach (var (file, weight) in members.Where(m => m.Weight > 0))
        {
            var (name, model) =
                (FormattableString.Invariant($"{saved.Count + 1:000}.safetensors"), _soup?.Model ?? _models.Members[file].Model);
            saved.Add(SavedMember.Write(folder, name, model, weight) with
            {
                Name = _soup is null ? _files[file].Name : madeBy,
                From = _soup is null ? Path.GetFullPath(_files[file].Path) : null,
            });
        }

        var images = _first.Images.At(_first.Images.Find(_first.Folder, _request.Data), place.Path);
        var version = typeof(SavedEnsemble).Assembly.GetName().Version!.ToString(3);
        var made = new SavedEnsemble(1, version, method.Name, madeBy, _options.Views.Name, _request.Passes, _options.Seed,
            _first.Recipe.Threads, _models.Classes, saved)
        {
            MaxPixels = _first.Limits.MaxPixels,
            TrainedOn = [.. MemberChecks.TrainedOn(_files).Except(images.Hashes(SplitName.Train)).Order(StringComparer.Ordinal)],
        };
        place.Complete(made, images);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept?.Dispose();
        _soup?.Dispose();
        _result?.Dispose();
        _models.Dispose();
    }

    private IEnumerable<RunSession> Runs => _files.Concat(_against).Select(f => f.Run).OfType<RunSession>().Prepend(_first);

    /// <summary>Refuses a name that no method has.</summary>
    /// <exception cref="FineTuneException">It has none; the nearest is offered.</exception>
    internal static string FindMethod(string name) =>
        Methods.Any(m => m.Name == name) ? name : throw Nearest.Unknown("method", name, Methods.Select(m => m.Name));

    /// <summary>Why a run has no ensemble, and what to do.</summary>
    internal static FineTuneException NoSnapshots(RunSession run) => new(run.Recipe.Snapshots > 0
        ? $"The run '{run.Folder.Path}' was stopped before the first of its {run.Recipe.Snapshots} snapshots; "
            + $"go on with `finetune train --out {ShellWord.Quote(run.Folder.Path)} --resume`."
        : $"The run '{run.Folder.Path}' has no snapshots; train it with --set snapshots=5, or give a second --run.");

    private IReadOnlyList<Predictions> Predict(IReadOnlyList<Sample> samples, Action<int> tell) =>
        _models.Predict(samples, _first.Splits.Decoded, _options, new Relay<int>(tell));

    private EnsembleReport OfCombination(Member[] members, string split, string chosenOn)
    {
        var method = Combination.Find(_request.Method);
        var report = EnsembleEvaluation.Of(members, _request.Selection, method, split, chosenOn);
        var position = members.Select((m, k) => (m.Name, k)).ToDictionary(p => p.Name, p => p.k);
        _made = (method.Name, method, [.. report.Rows.Select(r => (position[r.Name], r.Weight))]);
        return report;
    }

    private EnsembleReport OfSoup(
        Member[] members, IReadOnlyList<Sample> choosing, IReadOnlyList<Sample> measuring, string split, string chosenOn)
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
        _made = (_request.Method, Combination.Table[0], [(positions[0], 1.0)]);
        var averaged = _first.Predict(_soup.Model, measuring, _options);
        return EnsembleEvaluation.OfAverage(members, ingredients, _request.Method, averaged, split, chosenOn);
    }

    private bool AreSnapshots => _request.Snapshots ?? (_request.Runs.Count == 1 && _request.Weights.Count == 0);

    private List<MemberFile> Files(RunSession[] runs)
    {
        var files = new List<MemberFile>();
        foreach (var run in runs)
        {
            var last = Path.GetFileName(Path.GetFullPath(run.Folder.Path));
            var name = runs.Length == 1 && !_request.Weights.Contains(last) ? last : run.Folder.Path;
            if (!AreSnapshots)
                files.Add(MemberFile.Result(run, name));
            else if (run.Folder.Snapshots.Count == 0)
                throw NoSnapshots(run);
            else
                files.AddRange(MemberFile.Snapshots(run, runs.Length == 1 ? string.Empty : name + "/"));
        }

        files.AddRange(_request.Weights.Select(MemberFile.Of));
        MemberChecks.RequireOnce(files);
        return files;
    }

    /// <summary>A run, and not a saved ensemble.</summary>
    private RunSession Session(string folder) => SavedEnsemble.Is(folder)
        ? throw new FineTuneException(
            $"'{folder}' is a saved ensemble, not a run; measure it by `finetune eval --run`, or combine the runs that it was made of.")
        : new RunSession(folder, data: _request.Data) { RecordsTests = _request.Ranks.Rank == 0 };

    private static LoadedModel Opened(MemberFile file)
    {
        if (file.Run is { } run && file.Model is not null)
            return run.Opened(file.Path);
        return WeightsSession.OpenModel(file.Model, file.Path);
    }
}
