using FineTune.Data;
using FineTune.Experiment;
using FineTune.Train;
using Spectre.Console;

namespace FineTune.Cli.Show;

/// <summary>What a person sees of a run: what it is made of, a bar with images/s and the time left, a line an epoch, the end on one screen.</summary>
internal sealed class TrainDisplay(Ui ui, Experiment.Experiment experiment)
{
    private readonly TrainerParts _parts = experiment.Parts;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private ProgressTask? _bar;
    private long _images;
    private long _epochStart;

    public void Introduce()
    {
        var recipe = _parts.Recipe;
        ui.Say($"data      {recipe.Data}: {_parts.Classes.Count} classes, {_parts.Training.Samples.Count} training and {_parts.Validation.Samples.Count} validation images{(experiment.Dataset.ValidationDrawn ? " (drawn from the seed)" : string.Empty)}");
        foreach (var file in experiment.Dataset.LeftOut)
            ui.Say($"left out  {file.Path}: {file.Reason}");
        ui.Say($"model     {recipe.Model} from {recipe.Weights ?? "scratch"}, input {_parts.Network.Preprocessing.InputSize} pixels");
        ui.Say($"trains    {Format.Count(_parts.Vector.TrainableSegments.Sum(s => s.Length))} of {Format.Count(_parts.Vector.Segments.Sum(s => s.Length))} parameters:");
        foreach (var line in Audit())
            ui.Say("            " + line);
        if (experiment.Sources.Views > 0)
            ui.Say($"cache     the output of the frozen layers, {experiment.Sources.Views} view{(experiment.Sources.Views == 1 ? string.Empty : "s")} an image{(experiment.Sources.Views == 1 ? string.Empty : ", cycled")}");
        ui.Say($"computes  in {_parts.Network.Numerics}");
        ui.Say($"for       {Format.Plural(recipe.Epochs, "epoch")} of {Format.Plural(_parts.Training.BatchesPerEpoch, "step")}, batch {recipe.Batch}, seed {recipe.Seed}");
        ui.Say($"by        {recipe.Optimizer}, schedule {recipe.EffectiveSchedule}, augment {recipe.Augment.Preset ?? string.Join(", ", recipe.Augment.Transforms)}");
        ui.Say($"lowers    {recipe.Loss}{(recipe.LabelSmoothing > 0 ? $", label smoothing {Format.Number(recipe.LabelSmoothing)}" : string.Empty)}, {(recipe.Sampling == Sampling.Balanced ? "every class equally often in an epoch" : "every image once an epoch")}");
    }

    /// <summary>The freeze audit's table, a line a group.</summary>
    private IEnumerable<string> Audit()
    {
        string[][] rows =
        [
            ["group", "stages", "parameters", "lr", "decay", "batch norm"],
            .. FreezeAudit.Table(_parts).Select(r => new[]
            {
                r.Group,
                r.Stages.Count > 2 ? $"{r.Stages[0]} .. {r.Stages[^1]}" : string.Join(", ", r.Stages),
                Format.Count(r.Count),
                r.Lr > 0 ? Format.Number(r.Lr, "0.#######") : "0 (frozen)",
                Format.Number(r.WeightDecay, "0.#######"),
                r.BatchNorm,
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(k => rows.Max(r => r[k].Length)).ToArray();
        return rows.Select(r => string.Join("  ", r.Select((cell, k) => cell.PadRight(widths[k]))).TrimEnd());
    }

    /// <summary>Runs the loop under a bar, on a terminal.</summary>
    public bool Watch(Func<bool> loop)
    {
        if (!ui.IsTerminal)
            return loop();
        return ui.Progress.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                _bar = context.AddTask("training", maxValue: (double)_parts.Training.BatchesPerEpoch * _parts.Recipe.Epochs);
                return loop();
            });
    }

    public void Listen(TrainEvent e)
    {
        switch (e)
        {
            case TrainEvent.Stepped s:
                _epochStart = _epochStart == 0 ? TimeProvider.System.GetTimestamp() : _epochStart;
                _images += s.Images;
                if (_bar is not null)
                {
                    _bar.Value = s.Step;
                    _bar.Description = FormattableString.Invariant($"epoch {s.Epoch + 1}/{_parts.Recipe.Epochs}  loss {s.Loss:0.000}  {_images / Seconds(_start):0} images/s");
                }

                break;
            case TrainEvent.EpochEnded ended:
                ui.Say(FormattableString.Invariant($"epoch {ended.Epoch + 1,3}/{_parts.Recipe.Epochs}  loss {ended.TrainLoss:0.000}  train {100 * ended.TrainTop1:0.0}%  val {Format.Top1(ended.Validation)}  nll {ended.Validation.Nll:0.000}  lr {ended.Lr:0.#######}  {Seconds(_epochStart):0.0} s{(ended.IsBest ? "  best" : string.Empty)}"));
                _epochStart = 0;
                break;
            case TrainEvent.StoppedEarly early:
                ui.Say($"validation {_parts.Recipe.EarlyStopping.Watch} no better for {Format.Plural(_parts.Recipe.EarlyStopping.Patience, "epoch")}: the run ends after epoch {early.Epoch + 1}");
                break;
            case TrainEvent.BatchDivided divided:
                ui.Say($"memory did not suffice: each batch is divided into {divided.MicroBatches} from here on");
                break;
            case TrainEvent.SnapshotTaken snapshot:
                ui.Say($"snapshot {snapshot.Number} after step {snapshot.Step}");
                break;
        }
    }

    public void Conclude(TrainingResult result)
    {
        var folder = _parts.Folder;
        ui.Result(string.Empty);
        if (result.Last is not { } last)
            ui.Result("The run had come to its end before.");
        else
            ui.Result($"last epoch  {Format.Top1(last)} of {last.N} validation images right (95% interval), nll {Format.Number(last.Nll)}");
        ui.Result($"best epoch  {Format.Percent(result.BestTop1)}, epoch {result.BestEpoch + 1}: chosen on these images, so a little flattering; one image is {Format.Percent(1.0 / _parts.Validation.Samples.Count)}");
        ui.Result($"time        {Format.Duration(TimeSpan.FromSeconds(result.Seconds))}");
        ui.Result($"run         {folder.Path} (weights in {Path.GetRelativePath(folder.Path, folder.Best)})");
        ui.Result($"next        finetune {(folder.Snapshots.Count > 0 ? "ensemble" : "eval")} --run {folder.Path}");
    }

    private static double Seconds(long since) => Math.Max(1e-9, TimeProvider.System.GetElapsedTime(since).TotalSeconds);
}
