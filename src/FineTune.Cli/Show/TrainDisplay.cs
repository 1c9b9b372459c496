using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Train;
using Spectre.Console;

namespace FineTune.Cli.Show;

/// <summary>Terminal output of a run: its settings, a bar with images/s and the time left, a line per epoch, the result.</summary>
internal sealed class TrainDisplay(Ui ui, Experiment.Experiment experiment)
{
    private const int FewLeftOut = 5; // files that are named for one reason

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private ProgressTask? _bar;
    private long _images;
    private long _epochStart;
    private Score? _fitted;

    private TrainerParts Parts => experiment.Parts;

    public void Introduce()
    {
        var recipe = Parts.Recipe;
        var (training, validation) = (Parts.Training.Samples.Count, Parts.Validation.Samples.Count);
        Row("data", $"{recipe.Data}: {Parts.Classes.Count} classes, {training} training and {validation} validation images{Random()}");
        foreach (var files in experiment.Dataset.LeftOut.GroupBy(f => f.Reason))
        {
            foreach (var file in files.Take(FewLeftOut))
                Row("left out", $"{file.Path}: {file.Reason}");
            if (files.Count() > FewLeftOut)
                Row("left out", $"{Format.Plural(files.Count() - FewLeftOut, "file")} more for this reason, listed in images.json");
        }
        foreach (var note in experiment.Notes)
            Row("note", note);
        Row("model", $"{recipe.Model} from {recipe.Weights ?? "scratch"}, input {Parts.Network.Preprocessing.InputSize} pixels");
        var measured = experiment.Measured.Select(m => FormattableString.Invariant($"{1000 * m.Seconds:0} ms in {m.Numerics}")).ToArray();
        var times = measured.Length > 0 ? $"; measured per step: {string.Join(", ", measured)}" : string.Empty;
        Row("numerics", $"{Parts.Network.Numerics}{times}");
        var steps = Format.Plural(Parts.Training.BatchesPerEpoch, "step");
        var passes = recipe.EpochRepeats > 1 ? $" ({recipe.EpochRepeats} passes over the images)" : string.Empty;
        Row("length", $"{Format.Plural(recipe.Epochs, "epoch")} of {steps}{passes}, batch size {recipe.Batch}, seed {recipe.Seed}");
        var smoothing = recipe.LabelSmoothing > 0 ? $", label smoothing {Format.Number(recipe.LabelSmoothing)}" : string.Empty;
        Row("loss", $"{recipe.Loss}{smoothing}");
        var balanced = recipe.Sampling == Sampling.Balanced;
        Row("sampling", balanced ? "balanced: every class equally often per epoch" : "every image once per epoch");
        IntroducePhase();
    }

    /// <summary>What trains from here on, how and for how long.</summary>
    private void IntroducePhase()
    {
        var (recipe, phase) = (Parts.Recipe, Parts.Phase);
        if (phase.Count > 1)
            Row("phase", $"{phase.Index + 1} of {phase.Count}: {Format.Plural(phase.Epochs, "epoch")}, trainable {phase.Trainable}");
        var (trainable, all) = (Parts.Vector.TrainableSegments.Sum(s => s.Length), Parts.Vector.Segments.Sum(s => s.Length));
        Row("trainable", $"{Format.Count(trainable)} of {Format.Count(all)} parameters:");
        foreach (var line in AuditTable.Lines(FreezeAudit.Table(Parts)))
            ui.Say("            " + line);
        if (experiment.Sources.Views > 0)
            Row("cache", Cache(recipe));
        else if (experiment.Sources.WhyNone is { } why)
            Row("cache", $"none: {why}");
        var whole = phase.OwnSchedule || phase.Count == 1 ? string.Empty : " over the whole run";
        Row("optimizer", $"{phase.Optimizer}");
        Row("schedule", $"{phase.Schedule}{whole}");
        Row("augment", recipe.Augment.Preset ?? string.Join(", ", recipe.Augment.Transforms));
    }

    private string Random() => experiment.Dataset.ValidationDrawn ? " (random split, from the seed)" : string.Empty;

    private string Cache(Recipe recipe)
    {
        var sources = experiment.Sources;
        var place = string.Empty;
        if (sources.NotKept is { } refused)
            place = $", only in memory: {refused}";
        else if (recipe.CacheFolder is { } folder)
            place = $", stored in {folder}";
        var views = sources.Views == 1 ? "1 view per image" : $"{sources.Views} views per image, used in turn";
        return $"the output of the frozen layers, {views}{place}";
    }

    private void Row(string label, string text) => ui.Say($"{label,-10} {text}");

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
                _bar = context.AddTask("training", maxValue: (double)Parts.Training.BatchesPerEpoch * Parts.Recipe.Epochs);
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
                    _bar.Description = FormattableString.Invariant($"epoch {s.Epoch + 1}/{Parts.Recipe.Epochs}  loss {s.Loss:0.000}  ")
                        + FormattableString.Invariant($"{_images / Seconds(_start):0} images/s");
                }

                break;
            case TrainEvent.Began began:
                _fitted = began.Validation;
                ui.Say($"epoch   0/{Parts.Recipe.Epochs}  a linear head fitted to the frozen features  val {Format.Top1(began.Validation)} "
                    + $" nll {Format.Number(began.Validation.Nll)}");
                break;
            case TrainEvent.EpochEnded ended:
                ui.Say(FormattableString.Invariant($"epoch {ended.Epoch + 1,3}/{Parts.Recipe.Epochs}  loss {ended.TrainLoss:0.000}  train ")
                    + FormattableString.Invariant($"{100 * ended.TrainTop1:0.0}%  val {Format.Top1(ended.Validation)}  nll ")
                    + FormattableString.Invariant($"{ended.Validation.Nll:0.000}  lr {ended.Lr:0.#######}  {Seconds(_epochStart):0.0} ")
                    + FormattableString.Invariant($"s{(ended.IsBest ? "  best" : string.Empty)}"));
                _epochStart = 0;
                break;
            case TrainEvent.PhaseBegan:
                IntroducePhase();
                break;
            case TrainEvent.StoppedEarly early:
                var rule = Parts.Recipe.EarlyStopping;
                var patience = Format.Plural(rule.Patience, "epoch");
                ui.Say($"early stopping: validation {rule.Watch} did not improve for {patience}; "
                    + $"the run ends after epoch {early.Epoch + 1}");
                break;
            case TrainEvent.ResumedElsewhere elsewhere:
                ui.Say(elsewhere.Difference);
                break;
            case TrainEvent.Advised advised:
                ui.Say($"advice: {advised.Sentence}");
                break;
            case TrainEvent.BatchDivided divided:
                ui.Say($"out of memory: from here on each batch is split into {divided.MicroBatches} micro-batches");
                break;
            case TrainEvent.SnapshotTaken snapshot:
                ui.Say($"snapshot {snapshot.Number} after step {snapshot.Step}");
                break;
        }
    }

    public void Conclude(TrainingResult result)
    {
        var folder = Parts.Folder;
        ui.Result(string.Empty);
        if (result.Result is { } score)
        {
            var best = Parts.Recipe.ResultWeights == "best";
            ui.Result($"result      {Format.Top1(score)} of {score.N} validation images (95% interval), nll {Format.Number(score.Nll)}");
            ui.Result($"weights     {(best ? $"{Best(result)}: chosen on these images, so the accuracy is optimistic" : "the last")}; "
                + $"one image is {Format.Percent(1.0 / score.N)}");
        }

        if (_fitted is { } fitted)
            ui.Result($"fitted head {Format.Percent(fitted.Top1)}, nll {Format.Number(fitted.Nll)}, before any training");
        if (result.Last is { } last)
        {
            ui.Result($"last epoch  {Format.Percent(last.Top1)}, nll {Format.Number(last.Nll)}; "
                + $"best epoch {Format.Percent(result.BestTop1)}, epoch {result.BestEpoch + 1}");
        }
        ui.Result($"time        {Format.Duration(TimeSpan.FromSeconds(result.Seconds))}{Deciding(result)}");
        ui.Result($"run         {folder.Path} (weights in {Path.GetRelativePath(folder.Path, RunSession.ResultOf(folder, Parts.Recipe))})");
        ui.Result($"next        {Shell.Line(folder.Snapshots.Count > 0 ? "ensemble" : "eval", "--run", folder.Path)}");
    }

    private string Deciding(TrainingResult result) => experiment.Plan is { } plan
        ? $", and {Format.Duration(TimeSpan.FromSeconds(plan.Seconds))} before it to decide "
            + $"({Format.Percent(plan.Seconds / (plan.Seconds + result.Seconds))} of the whole time)"
        : string.Empty;

    private static string Best(TrainingResult result) =>
        result.BestEpoch < 0
            ? "the fitted head that the run began with, which no epoch was better than"
            : $"the best, of epoch {result.BestEpoch + 1}";

    private static double Seconds(long since) => Math.Max(1e-9, TimeProvider.System.GetElapsedTime(since).TotalSeconds);
}
