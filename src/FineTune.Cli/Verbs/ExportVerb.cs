using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Ensemble;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Export;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Weights;

namespace FineTune.Cli.Verbs;

/// <summary>finetune export.</summary>
internal static class ExportVerb
{
    private const string Pth = "pth", Safetensors = "safetensors", Onnx = "onnx", Flip = "flip";

    private static readonly Option<string?> Run = new("--run")
    {
        Description = "Folder of a run, whose result is exported, or of a saved ensemble",
    };
    private static readonly Option<string?> Data = Options.RunData();
    private static readonly Option<string?> Model = Options.ModelOfWeights();
    private static readonly Option<string?> Weights = Options.WeightsOrResult();
    private static readonly Option<string> Form = new Option<string>("--format")
    {
        Description = "pth (for torch.load and load_state_dict), safetensors (with classes and preprocessing), or onnx",
        Required = true,
    }.AcceptOnlyFromAmong(Pth, Safetensors, Onnx);

    private static readonly Option<string> Out = new("--out")
    {
        Description = "The file to write; FILE.README.md beside it says how to use it",
        Required = true,
    };

    private static readonly Option<string?> Members = new("--members")
    {
        Description = "onnx, with --run: the ensemble of its snapshots all, best:K or last:K, as one graph",
    };

    private static readonly Option<string?> Tta = new Option<string?>("--tta")
    {
        Description = "onnx: flip averages the probabilities of an image and its mirror image",
        HelpName = Flip,
    }.AcceptOnlyFromAmong(Flip);

    private static readonly Option<bool> NormalizeInside = new("--normalize-inside")
    {
        Description = "onnx: the graph takes pixels in 0..1 and normalises them",
    };

    private static readonly Option<bool> Softmax = new("--softmax") { Description = "onnx: the graph gives probabilities, not logits" };
    private static readonly Option<bool> Half = new("--half") { Description = "onnx: weights in float16" };

    public static Command Command() => CommonOptions.Verb(
        "export",
        "Writes a model for PyTorch or as an ONNX graph. ONNX Runtime has to give the same results before the graph is written.",
        [
            "finetune export --run runs/a --format onnx --out a.onnx --softmax",
            "finetune export --model resnet18 --weights tuned.safetensors --format pth --out tuned.pth",
        ],
        [Run, Data, Model, Weights, Form, Out, Members, Tta, NormalizeInside, Softmax, Half],
        Export);

    private static int Export(ParseResult parsed, Ui ui)
    {
        var (format, path) = (parsed.GetValue(Form)!, parsed.GetValue(Out)!);
        if (format != Onnx && CommonOptions.Given(parsed, [Members, Tta, NormalizeInside, Softmax, Half]) is { } onlyOnnx)
            throw new UsageException($"{onlyOnnx} is for --format onnx; leave it out.");
        if (Path.Exists(path))
            throw new FineTuneException($"'{path}' exists; nothing is overwritten: give another --out, or remove it.");
        var session = Session(parsed);
        var models = Open(session, parsed);
        try
        {
            if (models.Any(m => !m.ClassNames.SequenceEqual(models[0].ClassNames)))
            {
                throw new FineTuneException(
                    "The members of one graph have the classes in one order, but these have them in several; export each by itself.");
            }
            ui.Notes([.. (session?.Notes ?? []).Concat(models.SelectMany(m => m.Notes)).Distinct()]);
            var (networks, classes, file) = (models.Select(m => m.Network).ToArray(), models[0].Classes, Path.GetFileName(path));
            var json = new JsonObject { ["file"] = path, ["format"] = format, ["members"] = models.Count };
            string readme;
            if (format == Onnx)
            {
                var options = new OnnxOptions
                {
                    NormalizeInside = parsed.GetValue(NormalizeInside),
                    Softmax = parsed.GetValue(Softmax),
                    Half = parsed.GetValue(Half),
                    Mirror = (parsed.GetValue(Tta) ?? (session as SavedEnsembleSession)?.Saved.Views) == Flip,
                };
                json["difference"] = OnnxExport.Write(path, networks, classes, options);
                readme = ExportReadme.OfOnnx(file, networks, classes, options);
            }
            else
            {
                if (format == Pth)
                    TorchWriter.Write(path, WeightLoader.Read(networks[0]));
                else
                    Checkpoint.SaveWeights(path, networks[0], classes);
                readme = ExportReadme.OfWeights(file, networks[0], classes, format == Safetensors);
            }

            AtomicFile.WriteText(path + ExportReadme.Ending, readme);
            json["bytes"] = new FileInfo(path).Length;
            ui.ResultJson(json);
            var checkedBy = json["difference"] is { } d
                ? $"; ONNX Runtime's results differ by {Format.Number((double)d, "0.0e+0")} of the largest"
                : string.Empty;
            ui.Result($"{path}  {Format.Count((long)json["bytes"]!)} bytes{checkedBy}");
            return Exit.Done;
        }
        finally
        {
            foreach (var model in models)
                model.Dispose();
        }
    }

    private static IResultSession? Session(ParseResult parsed)
    {
        if (parsed.GetValue(Run) is not { } run)
        {
            return parsed.GetValue(Members) is null
                ? null
                : throw new UsageException("--members is for the snapshots of a run; give --run.");
        }

        if (CommonOptions.Given(parsed, [Model]) is { } given)
            throw new UsageException($"--run uses the run's own model; leave out {given}.");
        return SavedEnsemble.Is(run)
            ? new SavedEnsembleSession(run, parsed.GetValue(Data))
            : new RunSession(run, data: parsed.GetValue(Data), weights: Options.ResultWeights(parsed.GetValue(Weights)));
    }

    private static IReadOnlyList<LoadedModel> Open(IResultSession? session, ParseResult parsed)
    {
        switch (session)
        {
            case RunSession run:
                return parsed.GetValue(Members) is { } members ? run.OpenMembers(MemberSelection.Parse(members)) : [run.OpenResult()];
            case SavedEnsembleSession ensemble:
                if (CommonOptions.Given(parsed, [Members, Weights]) is { } given)
                    throw new UsageException($"A saved ensemble is exported as it is; leave out {given}.");
                RequireExportable(ensemble.Saved, parsed);
                return ensemble.OpenMembers();
            default:
                var weights = parsed.GetValue(Weights) ?? throw new UsageException("Give --run, or --weights (and --model).");
                return [WeightsSession.OpenModel(parsed.GetValue(Model), weights)];
        }
    }

    /// <summary>
    /// The graph has the mean of its members' probabilities, of an image and perhaps its mirror image; a file of weights has one
    /// network.
    /// </summary>
    private static void RequireExportable(SavedEnsemble saved, ParseResult parsed)
    {
        var onnx = parsed.GetValue(Form) == Onnx;
        var equal = saved.Members.All(m => Math.Abs((m.Weight * saved.Members.Count) - 1) < 1e-9);
        if (!onnx && saved.Members.Count > 1)
        {
            throw new FineTuneException($"An ensemble of {saved.Members.Count} networks cannot be one weights file; "
                + $"export it with --format {Onnx}, or save one network by --method soup.");
        }
        if (saved.Members.Count > 1 && !(saved.Method == Combination.Table[0].Name && equal))
        {
            throw new FineTuneException("An ensemble is exported as the mean of its members' probabilities, "
                + $"but this one is combined by '{saved.MadeBy}'; save it with --method average.");
        }
        if (saved.Passes is { } passes)
        {
            throw new FineTuneException(
                $"A graph or a weights file makes no draws, but this ensemble was saved with --mc {passes}; save it without.");
        }
        if (onnx && parsed.GetValue(Tta) is null && saved.Views is not (Flip or "none"))
        {
            throw new FineTuneException("A graph has no views but an image and its mirror image; "
                + $"this ensemble was saved with others ('{saved.Views}'). Save it without, or give --tta {Flip}.");
        }
        if (!onnx && saved.Views != "none")
        {
            throw new FineTuneException($"A weights file has no views of an image; this ensemble was saved with some ('{saved.Views}'). "
                + $"Save it without, or export it with --format {Onnx} --tta {Flip}.");
        }
    }
}
