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
        var vector = _parts.Vector;
        var trainable = vector.TrainableSegments.Sum(s => s.Length);
        var all = vector.Segments.Sum(s => s.Length);
        ui.Say($"data      {recipe.Data}: {_parts.Classes.Count} classes, {_parts.Training.Samples.Count} training and {_parts.Validation.Samples.Count} validation images{(experiment.Dataset.ValidationDrawn ? " (drawn from the seed)" : string.Empty)}");
        foreach (var file in experiment.Dataset.LeftOut)
            ui.Say($"left out  {file.Path}: {file.Reason}");
        ui.Say($"model     {recipe.Model} from {recipe.Weights ?? "scratch"}, input {_parts.Network.Preprocessing.InputSize} pixels");
        ui.Say(trainable == all
            ? $"trains    all {Format.Count(all)} parameters"
            : $"trains    {Format.Count(trainable)} of {Format.Count(all)} parameters: {_parts.Network.Stages[_parts.Line.Stage].Name} and above; below, batch norm is in inference mode");
        if (experiment.Sources.Views > 0)
            ui.Say($"cache     the output of the frozen layers, {experiment.Sources.Views} view{(experiment.Sources.Views == 1 ? string.Empty : "s")} an image{(experiment.Sources.Views == 1 ? string.Empty : ", cycled")}");
        ui.Say($"for       {Format.Plural(recipe.Epochs, "epoch")} of {Format.Plural(_parts.Training.BatchesPerEpoch, "step")}, batch {recipe.Batch}, seed {recipe.Seed}");
        ui.Say($"by        {recipe.Optimizer}, schedule {recipe.EffectiveSchedule}, augment {recipe.Augment.Preset ?? string.Join(", ", recipe.Augment.Transforms)}");
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
