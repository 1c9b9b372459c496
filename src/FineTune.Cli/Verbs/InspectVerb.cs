using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Data;
using FineTune.Experiment;
using FineTune.Images;
using FineTune.Models;
using FineTune.Train;
using FineTune.Weights;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune inspect: what is in a folder of images, a weights file or a model, and what trains in a run.</summary>
internal static class InspectVerb
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly Argument<string> What = new("what")
    {
        Description = "A folder of images, a run's folder, a weights file, or a name from `finetune list models`",
    };
    private static readonly Option<long?> MaxPixels = Options.MaxPixels();

    public static Command Command() => CommonOptions.Verb(
        "inspect",
        "Shows what is in a folder of images (each image is decoded once), a weights file or a model, or what a run trains.",
        ["finetune inspect photos", "finetune inspect runs/a"],
        [What, MaxPixels],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var what = parsed.GetValue(What)!;
        if (File.Exists(new RunFolder(what).Recipe))
            return OfRun(what, ui);
        if (Directory.Exists(what) && !IsOfWeights(what))
            return Folder(what, ImageLimits.OfPixels(parsed.GetValue(MaxPixels)), ui);
        if (WeightSource.OfFile(what) is { } source)
            return WeightsFile(source, ui);
        if (Zoo.Models.Any(m => m.Name == what.Split(':')[0]))
            return Model(what, ui);
        var near = Nearest.Name(what, Zoo.Models.Select(m => m.Name));
        throw new FineTuneException($"There is no file, folder or model '{what}'"
            + $"{(near is null ? "; `finetune list models` lists the models." : $"; did you mean the model '{near}'?")}");
    }

    /// <summary>True for a folder that stands for its weights; one of images has folders in it.</summary>
    private static bool IsOfWeights(string folder) =>
        !Directory.EnumerateDirectories(folder).Any() && WeightFolder.Find(folder) is not null;

    private static int Folder(string folder, ImageLimits limits, Ui ui)
    {
        var dataset = ImageFolder.Open(folder);
        var found = ui.ReadingImages(
            progress => Inspector.Inspect(dataset, new InspectOptions { Cache = new DecodedCache(0, limits) }, progress));
        ui.ResultJson(JsonSerializer.SerializeToNode(found, SnakeCase)!);
        var splits = found.Counts.Keys.ToArray();
        var table = Ui.Table(["class", .. splits]);
        foreach (var name in found.Classes)
            table.AddRow([Format.Cell(name), .. splits.Select(s => Format.Count(found.Counts[s].GetValueOrDefault(name)))]);
        ui.Result(table);
        var unreadable = found.Unreadable.Count > 0 ? $", and {found.Unreadable.Count} that cannot be read" : string.Empty;
        ui.Result($"{found.Formats.Values.Sum()} images ({string.Join(", ", found.Formats.Select(f => $"{f.Value} {f.Key}"))}){unreadable}"
            + $"{(found.ValidationDrawn ? "; the validation split is random, from the seed" : string.Empty)}");
        ui.Result($"width {Range(found.Widths)}, height {Range(found.Heights)} pixels, file {Range(found.FileSizes)} bytes "
            + "(minimum, median, maximum)");
        string[] sound =
        [
            .. Where(found.Duplicates.Count == 0, "no duplicates"),
            .. Where(found.Unreadable.Count == 0, "every file can be read"),
        ];
        if (sound.Length > 0)
            ui.Result(string.Join("; ", sound));
        foreach (var group in found.Duplicates)
            ui.Result($"duplicate{(group.AcrossSplits ? " ACROSS SPLITS" : string.Empty)}"
                + $"{(group.AcrossClasses ? " ACROSS CLASSES" : string.Empty)}: {string.Join(" = ", group.Paths)}");
        foreach (var note in found.Notes)
            ui.Result($"note: {note}");
        foreach (var file in found.LeftOut)
            ui.Result($"left out: {file.Path}: {file.Reason}");
        foreach (var file in found.Unreadable)
            ui.Result($"UNREADABLE: {file.Path}: {file.Reason}");
        if (found.Unreadable.Count > 0)
            ui.Result("training stops at files that cannot be read; with --on-bad-file skip it leaves them out");
        ui.Result($"content  sha256 {found.ManifestHash}");
        return found.Unreadable.Count == 0 ? Exit.Done : Exit.Failed;
    }

    private static IEnumerable<string> Where(bool holds, string words) => holds ? [words] : [];

    private static int OfRun(string folder, Ui ui)
    {
        var session = new RunSession(folder);
        var phases = session.Audit();
        ui.Notes(session.Notes);
        foreach (var (phase, rows) in phases)
        {
            ui.ResultJson(new JsonObject
            {
                ["phase"] = phase.Index + 1,
                ["trainable"] = phase.Trainable,
                ["epochs"] = phase.Epochs,
                ["groups"] = JsonSerializer.SerializeToNode(rows, SnakeCase),
            });
            ui.Result(
                $"phase {phase.Index + 1} of {phase.Count}: {Format.Plural(phase.Epochs, "epoch")}, trainable {phase.Trainable}, " +
                $"optimizer {phase.Optimizer}, schedule {phase.Schedule}");
            foreach (var line in AuditTable.Lines(rows))
                ui.Result("  " + line);
        }

        return Exit.Done;
    }

    private static int WeightsFile(WeightSource source, Ui ui)
    {
        var state = source.Read();
        ui.Notes(state.Notes);
        var table = Ui.Table("tensor", "type", "shape");
        var problems = LoadedModel.ProblemsOfMetadata(state, source).ToList();
        foreach (var problem in problems)
            ui.ResultJson(new JsonObject { ["problem"] = problem });
        foreach (var (name, tensor) in state)
        {
            var problem = WeightValues.Problem(name, tensor);
            if (problem is not null)
                problems.Add(problem);
            table.AddRow(Format.Cell(name), tensor.Type.ToString(), string.Join(" x ", tensor.Shape));
            ui.ResultJson(new JsonObject
            {
                ["name"] = name,
                ["type"] = tensor.Type.ToString(),
                ["shape"] = new JsonArray([.. tensor.Shape.Select(s => (JsonNode?)s)]),
                ["problem"] = problem,
            });
        }

        ui.Result(table);
        var classes = state.Classes is { } names ? $", classes {string.Join(", ", names)}" : string.Empty;
        ui.Result($"{state.Count} tensors, {Format.Count(state.Values.Sum(t => t.Count))} values{classes}");
        var models = ModelMatch.Of(state.Select(t => KeyValuePair.Create(t.Key, t.Value.Shape)));
        if (Checkpoint.Architecture(state) is { } says)
            ui.Result($"says that it is of {says}");
        if (models.Count > 0)
            ui.Result($"as many parameters as --model {string.Join(" or ", models)}");
        if (state.NotRead.Count > 0)
            ui.Result($"also holds {string.Join(", ", state.NotRead)} (not read)");
        foreach (var problem in problems)
            ui.Result($"UNUSABLE: {problem}");
        return problems.Count == 0 ? Exit.Done : Exit.Failed;
    }

    private static int Model(string name, Ui ui)
    {
        const int Classes = 1000;
        if (Zoo.Find(name).Size(Classes) is not { } size)
            throw new FineTuneException($"'{name}' is a module of the application: nothing is known of its layers.");
        var table = Ui.Table("stage", "output", "parameters", "multiply-adds");
        foreach (var stage in size.Stages)
        {
            table.AddRow(stage.Name, string.Join(" x ", stage.Shape), Format.Count(stage.Parameters), Format.Count(stage.MultiplyAdds));
            ui.ResultJson(new JsonObject
            {
                ["stage"] = stage.Name,
                ["output"] = new JsonArray([.. stage.Shape.Select(s => (JsonNode?)s)]),
                ["parameters"] = stage.Parameters,
                ["multiply_adds"] = stage.MultiplyAdds,
            });
        }

        var p = size.Input;
        var resize = p.ResizeTo is { } r ? $"cropped after a resize of the shorter side to {r}" : "no resize";
        ui.Result(table);
        ui.Result($"{name}: {Format.Count(size.Parameters)} parameters for {Classes} classes, "
            + $"{Format.Count(size.MultiplyAdds)} multiply-adds an image");
        ui.Result($"input {p.InputSize} pixels, {resize}, mean {string.Join(" ", p.Mean)}, std {string.Join(" ", p.Std)}");
        return Exit.Done;
    }

    private static string Range(SizeRange? range) => range is null ? "-" : $"{range.Min} {range.Median} {range.Max}";
}
