using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Tests.Data;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class DistillTests : IDisposable
{
    private readonly TinyRun _tiny = new();
    private readonly string _teacher;

    public DistillTests()
    {
        _tiny.Start(_tiny.Recipe, _tiny.Folder("run"));
        _teacher = Path.Combine(_tiny.Root, "kept");
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [_tiny.Folder("run").Path] });
        session.Evaluate();
        session.Save(_teacher);
    }

    private Recipe Student => _tiny.Recipe with { Seed = 3, Snapshots = 0, Distill = new DistillOptions { Teacher = _teacher } };

    [Fact]
    public void What_the_teacher_says_of_each_training_image_is_kept_in_the_run()
    {
        var folder = _tiny.Folder("student");
        _tiny.Start(Student with { Epochs = 1 }, folder);
        var session = new SavedEnsembleSession(_teacher);
        using var model = session.OpenResult();
        var said = session.Predict(model, session.Samples("train").Samples, session.Inference(null, null)).Probabilities;
        var kept = FineTune.Weights.WeightFile.Read(folder.SoftLabels)["log_probabilities"];
        kept.Shape.ShouldBe([36, 3]);
        kept.ToFloats().Select(v => Math.Exp(v)).ShouldBe(said, 1e-5);
        RecipeFile.Read(folder.Recipe).Distill.Teacher.ShouldBe(Path.GetFullPath(_teacher));
    }

    [Fact]
    public void The_teacher_changes_what_is_learned_and_its_weight_0_does_not()
    {
        var plain = _tiny.Start(Student with { Distill = new(), Epochs = 1 }, _tiny.Folder("plain")).FinalWeights;
        var none = _tiny.Start(
            Student with { Distill = Student.Distill with { Weight = 0 }, Epochs = 1 }, _tiny.Folder("none")).FinalWeights;
        var taught = _tiny.Start(Student with { Epochs = 1 }, _tiny.Folder("taught")).FinalWeights;
        none.ShouldBe(plain);
        taught.ShouldNotBe(plain);
    }

    [Fact]
    public void A_run_goes_on_to_the_same_bits_after_its_teacher_is_gone()
    {
        var whole = _tiny.Start(Student, _tiny.Folder("whole")).FinalWeights;
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(Student, folder, afterStep: 7);
        Directory.Delete(_teacher, recursive: true);
        _tiny.Resume(folder, []).FinalWeights.ShouldBe(whole);
        Should.Throw<FineTuneException>(() => _tiny.Start(Student, _tiny.Folder("again"))).Message.ShouldContain("is no run");
    }

    [Fact]
    public void A_run_that_was_killed_before_its_first_checkpoint_does_not_ask_its_teacher_again()
    {
        var whole = _tiny.Start(Student, _tiny.Folder("whole")).FinalWeights;
        var folder = _tiny.Folder("killed");
        _tiny.StartAndStop(Student, folder, afterStep: 1);
        foreach (var checkpoint in Directory.GetFiles(Path.GetDirectoryName(folder.Last)!))
            File.Delete(checkpoint);
        Directory.Delete(_teacher, recursive: true);
        _tiny.Resume(folder, []).FinalWeights.ShouldBe(whole);
    }

    /// <summary>Planted: what another teacher said of the same images.</summary>
    [Fact]
    public void What_another_teacher_said_is_not_taken_by_a_run_that_goes_on()
    {
        var other = _tiny.Folder("other-student");
        _tiny.StartAndStop(Student with { Distill = Student.Distill with { Teacher = _tiny.Folder("run").Path } }, other, afterStep: 1);
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(Student, folder, afterStep: 7);
        File.Copy(other.SoftLabels, folder.SoftLabels, overwrite: true);
        Should.Throw<FineTuneException>(() => _tiny.Resume(folder, []))
            .Message.ShouldContain("but another teacher's; put the run's own file back");
    }

    [Fact]
    public void Micro_batches_learn_the_same_from_a_teacher()
    {
        static double Loss(TrainingResult r) => r.Last!.Nll;
        var recipe = Student with
        {
            Epochs = 1,
            BatchNorm = "frozen",
            Trainable = "head",
            Head = new HeadOptions(),
            Augment = FineTune.Augment.AugmentSpec.Of("none"),
        };
        var one = _tiny.Start(recipe, _tiny.Folder("one"));
        var parts = _tiny.Start(recipe with { Gradient = recipe.Gradient with { Accumulate = 3 } }, _tiny.Folder("parts"));
        (Loss(parts) / Loss(one)).ShouldBe(1, 1e-5);
    }

    /// <summary>Planted: an image that the teacher was trained on is among those that the student is measured on.</summary>
    [Fact]
    public void A_teacher_that_was_trained_on_the_students_validation_images_is_refused()
    {
        var image = Directory.GetFiles(Path.Combine(_tiny.Data, "train"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First();
        var other = Path.Combine(_tiny.Root, "other");
        TwoRuns.CopyFolder(_tiny.Data, other);
        File.Move(Path.Combine(other, Path.GetRelativePath(_tiny.Data, image)),
            Path.Combine(other, "val", Path.GetFileName(Path.GetDirectoryName(image))!, "moved.jpg"));
        Should.Throw<FineTuneException>(() => _tiny.Start(Student with { Data = other }, _tiny.Folder("leak")))
            .Message.ShouldContain("The teacher was trained on 1 of the 16 images that the student is measured on");
    }

    /// <summary>Planted: the second run of the teacher was trained on an image more, which the student is measured on.</summary>
    [Fact]
    public void Every_member_of_a_teacher_counts()
    {
        var (more, moved) = (Path.Combine(_tiny.Root, "more"), Path.Combine(_tiny.Root, "moved"));
        foreach (var place in new[] { more, moved })
            TwoRuns.CopyFolder(_tiny.Data, place);
        var image = Directory.GetFiles(Path.Combine(_tiny.Data, "train"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First();
        var name = Path.GetRelativePath(Path.Combine(_tiny.Data, "train"), image);
        var extra = ImageTree.Bmp(ImageTree.Picture(77, 40, 30));
        File.WriteAllBytes(Path.Combine(more, "train", Path.GetDirectoryName(name)!, "extra.bmp"), extra);
        File.WriteAllBytes(Path.Combine(moved, "val", Path.GetDirectoryName(name)!, "extra.bmp"), extra);
        var second = _tiny.Folder("second");
        _tiny.Start(_tiny.Recipe with { Data = more, Epochs = 1, Snapshots = 0 }, second);
        var teacher = Path.Combine(_tiny.Root, "both");
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [_tiny.Folder("run").Path, second.Path] }))
        {
            session.Evaluate();
            session.Save(teacher);
        }

        SavedEnsemble.Read(teacher).TrainedOn.Count.ShouldBe(1);
        Should.Throw<FineTuneException>(
            () => _tiny.Start(Student with { Data = moved, Distill = Student.Distill with { Teacher = teacher } }, _tiny.Folder("leak")))
            .Message.ShouldContain("The teacher was trained on 1 of the 16 images that the student is measured on");
    }

    [Fact]
    public void A_teacher_of_other_classes_is_refused()
    {
        var other = Path.Combine(_tiny.Root, "renamed");
        foreach (var file in Directory.GetFiles(_tiny.Data, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(other, Path.GetRelativePath(_tiny.Data, file).Replace("crab", "lobster"));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        Should.Throw<FineTuneException>(() => _tiny.Start(Student with { Data = other }, _tiny.Folder("named")))
            .Message.ShouldContain("a teacher has the classes of its student");
    }

    public void Dispose() => _tiny.Dispose();
}
