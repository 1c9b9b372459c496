using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name)]
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
        var none = _tiny.Start(Student with { Distill = Student.Distill with { Weight = 0 }, Epochs = 1 }, _tiny.Folder("none")).FinalWeights;
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
    public void Micro_batches_learn_the_same_from_a_teacher()
    {
        static double Loss(TrainingResult r) => r.Last!.Nll;
        var recipe = Student with { Epochs = 1, BatchNorm = "frozen", Trainable = "head", Head = new HeadOptions(), Augment = FineTune.Augment.AugmentSpec.Of("none") };
        var one = _tiny.Start(recipe, _tiny.Folder("one"));
        var parts = _tiny.Start(recipe with { Gradient = recipe.Gradient with { Accumulate = 3 } }, _tiny.Folder("parts"));
        (Loss(parts) / Loss(one)).ShouldBe(1, 1e-5);
    }

    /// <summary>Planted: an image that the teacher was trained on is among those that the student is measured on.</summary>
    [Fact]
    public void A_teacher_that_was_trained_on_the_students_validation_images_is_refused()
    {
        var image = Directory.GetFiles(Path.Combine(_tiny.Data, "train"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var other = Path.Combine(_tiny.Root, "other");
        foreach (var file in Directory.GetFiles(_tiny.Data, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(other, Path.GetRelativePath(_tiny.Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.Move(Path.Combine(other, Path.GetRelativePath(_tiny.Data, image)), Path.Combine(other, "val", Path.GetFileName(Path.GetDirectoryName(image))!, "moved.jpg"));
        Should.Throw<FineTuneException>(() => _tiny.Start(Student with { Data = other }, _tiny.Folder("leak")))
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

        Should.Throw<FineTuneException>(() => _tiny.Start(Student with { Data = other }, _tiny.Folder("named"))).Message.ShouldContain("a teacher has the classes of its student");
    }

    public void Dispose() => _tiny.Dispose();
}
