using FineTune.Data;
using FineTune.Engine;
using FineTune.Train;
using FineTune.Train.Losses;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Experiment;

/// <summary>
/// The teacher of a run: a run or a saved ensemble, that says once what it sees in the evaluation view of every training image.
/// What it said is kept in the run's folder: a run that goes on does not need it any more.
/// </summary>
internal static class Teacher
{
    private const string Entry = "log_probabilities";

    /// <summary>What the teacher of a recipe says about the training images.</summary>
    /// <param name="recipe">Names it.</param>
    /// <param name="kept">The file in the folder of a run that goes on; null where it begins.</param>
    /// <param name="saved">The checkpoint that it goes on from; null where there is none.</param>
    /// <param name="dataset">The run's images.</param>
    /// <param name="inspection">Their hashes.</param>
    /// <param name="decoded">Decoded images.</param>
    /// <exception cref="FineTuneException">The teacher cannot be used, or was trained on the run's validation images.</exception>
    public static StateDict Ask(
        Recipe recipe, string? kept, SavedState? saved, Dataset dataset, Inspection inspection, DecodedCache decoded)
    {
        var samples = dataset.Split(SplitName.Train);
        if (kept is not null)
        {
            var read = WeightFile.Read(kept);
            Checkpoint.CheckSeal(read, kept);
            if (saved?.File.Metadata.TryGetValue(SavedState.SoftLabelsKey, out var seal) == true && seal != Checkpoint.SealOf(read))
            {
                throw new FineTuneException($"'{kept}' is not what the run in '{Path.GetDirectoryName(kept)}' was trained on so far, "
                    + "but another teacher's; put the run's own file back.");
            }
            return read.TryGetValue(Entry, out var values) && values.Shape.SequenceEqual([samples.Count, dataset.Classes.Count])
                ? read
                : throw new FineTuneException($"'{kept}' is not of the run's {samples.Count} training images; the file is damaged.");
        }

        var session = ResultSession.Open(recipe.Distill.Teacher!);
        using var teacher = session.OpenResult();
        RequireClasses(teacher, dataset);
        RequireUnseen(session, dataset, inspection);
        var said = session.Predict(teacher, samples, session.Inference(null, null));
        TorchEngine.Start(recipe.Threads); // the teacher's threads were its own, and bits hold for one number
        said = said.Ordered(dataset.Classes);
        var state = new StateDict();
        state.Add(Entry, TensorData.From(
            [.. said.Probabilities.Select(p => (float)Math.Log(Math.Max(p, 1e-30)))], samples.Count, dataset.Classes.Count));
        Checkpoint.Seal(state);
        return state;
    }

    /// <summary>The same as the targets of training.</summary>
    public static SoftLabels Targets(StateDict said, DistillOptions options)
    {
        using var values = empty([.. said[Entry].Shape], ScalarType.Float32);
        said[Entry].CopyTo(TensorValues.Of<float>(values));
        return new SoftLabels(values, options);
    }

    /// <summary>Keeps what it said in the run's folder.</summary>
    public static void Keep(StateDict said, RunFolder folder) => SafetensorsWriter.Write(folder.SoftLabels, said);

    private static void RequireClasses(IClassifier teacher, Dataset dataset)
    {
        var (theirs, ours) = (teacher.ClassNames, dataset.Classes);
        if (theirs.Count == ours.Count && !theirs.Except(ours, StringComparer.Ordinal).Any())
            return;
        throw new FineTuneException($"The teacher '{teacher.Source}' tells {theirs.Count} classes apart ({theirs[0]}, ...), "
            + $"and the images have {ours.Count} "
            + $"({ours[0]}, ...); a teacher has the classes of its student.");
    }

    /// <summary>A teacher that has seen the validation images would tell the student of them.</summary>
    private static void RequireUnseen(IResultSession session, Dataset dataset, Inspection inspection)
    {
        var trained = session.TrainedOn;
        var watched = dataset.Splits.Where(s => s.Key != SplitName.Train).SelectMany(s => s.Value).Select(s => dataset.Relative(s.Path))
            .ToHashSet(StringComparer.Ordinal);
        var seen = inspection.Files.Count(f => watched.Contains(f.Path) && trained.Contains(f.Sha256));
        if (seen > 0)
        {
            throw new FineTuneException($"The teacher was trained on {seen} of the {watched.Count} images that the student is measured on; "
                + "train both on the same split: a folder with train and val, or the same split_seed.");
        }
    }
}
