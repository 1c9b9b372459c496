using FineTune.Diagnose;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Tests.Models;
using FineTune.Train;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

/// <summary>MobileNet at 32 pixels has maps of 1 x 1 at its end: of one image its batch norms there see one value a channel.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class OneValueNormTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    static OneValueNormTests()
    {
        FineTune.Engine.TorchEngine.Load();
        Zoo.Add(new ModelEntry("flat_norm", "a batch norm of features", _ =>
            Network.FromChildren("flat_norm", new FlatNorm(), Preprocessing.Cifar, [("body", ["_body"]), ("head", ["_fc"])])));
    }

    private Recipe Mobile => _tiny.Recipe with
    {
        Model = "mobilenet_v1_025",
        Input = new InputOptions { Size = 32, Resize = 36 },
        Optimizer = new NamedSpec("sgd").With("lr", 1e-3),
        Head = new HeadOptions(),
        Epochs = 2,
        Snapshots = 0,
    };

    [Theory]
    [InlineData("all", "auto")]
    [InlineData("stage3", "1")]
    public void A_stray_last_image_joins_the_batch_before_it_and_a_stopped_run_goes_on_to_the_same_bits(string trainable, string cache)
    {
        var recipe = Mobile with { Batch = 35, Trainable = trainable, Cache = cache }; // of 36 images
        var images = new List<int>();

        var whole = _tiny.Start(recipe, _tiny.Folder("whole"), listener: e => images.AddRange(e is TrainEvent.Stepped s ? [s.Images] : []));
        _tiny.StartAndStop(recipe, _tiny.Folder("parts"), afterStep: 1);
        var resumed = _tiny.Start(recipe, _tiny.Folder("parts"), resume: true);

        images.ShouldBe([36, 36]);
        whole.Step.ShouldBe(2);
        resumed.FinalWeights.ShouldBe(whole.FinalWeights);
    }

    [Fact]
    public void Single_images_are_refused_before_training_where_a_batch_norm_would_see_one_value()
    {
        Refused(Mobile with { Batch = 1 }).ShouldBe(
            "Batch normalization needs more than one value per channel in training, but 'stage3.0.1' would get one at an input of 32 "
            + "pixels, "
            + "as the batch is 1; choose a batch of at least 2, or choose a larger input.size.");
        Refused(Mobile with { Batch = 8, Gradient = new GradientOptions { Accumulate = 8 } })
            .ShouldContain("gradient.accumulate divides a batch of 8 into single images");
        Refused(Mobile with { Batch = 1, Precision = "auto" }).ShouldContain("the batch is 1"); // before a step is measured
        var later = new[] { new PhaseOptions { Trainable = "head", Epochs = 1 }, new PhaseOptions() };
        Refused(Mobile with { Batch = 1, Phases = later }).ShouldContain("the batch is 1");
        Directory.Exists(_tiny.Folder("run").Path).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cifar_resnet20", "all", "inference")] // maps of 4 x 4
    [InlineData("mobilenet_v1_025", "head", "inference")] // its batch norms are frozen
    public void Single_images_train_where_every_batch_norm_that_follows_them_sees_more(string model, string trainable, string norms)
    {
        var input = new InputOptions { Size = 16, Resize = 18 };
        var recipe = Mobile with { Model = model, Batch = 1, Trainable = trainable, BatchNorm = norms, Input = input, Epochs = 1 };

        _tiny.Start(recipe, _tiny.Folder("run")).Finished.ShouldBeTrue();
    }

    [Fact]
    public void Batch_norms_below_the_boundary_count_where_they_follow_the_batches() =>
        Refused(Mobile with { Batch = 1, Trainable = "head", BatchNorm = "statistics-only" }).ShouldContain("'stage3.0.1' would get one");

    [Fact]
    public void A_users_own_module_is_held_to_it_too()
    {
        Refused(Mobile with { Model = "flat_norm", Batch = 1 }).ShouldContain("'_body._norm' would get one");
        _tiny.Start(Mobile with { Model = "flat_norm", Batch = 35 }, _tiny.Folder("run")).Step.ShouldBe(2);
    }

    [Fact]
    public void A_gradient_check_of_one_image_is_held_to_it_too()
    {
        using var network = OwnModule.Create();
        using var tight = Zoo.Create("mobilenet_v1_025", 3);
        tight.Preprocessing = Preprocessing.Cifar;
        using var images = zeros(1, 3, 32, 32);
        using var labels = zeros(1, ScalarType.Int64);
        Func<Tensor, Tensor, Tensor> loss = (logits, y) => nn.functional.cross_entropy(logits, y);
        var options = new GradientCheckOptions { Elements = 1 };

        NetworkDiagnosis.CheckGradient(network, images, labels, loss, options).ShouldNotBeEmpty(); // its only batch norm sees all pixels
        Should.Throw<FineTuneException>(() => NetworkDiagnosis.CheckGradient(tight, images, labels, loss, options)).Message
            .ShouldContain("there is one image; take more images");
    }

    public void Dispose() => _tiny.Dispose();

    private string Refused(Recipe recipe) =>
        Should.Throw<FineTuneException>(() => FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("run"))).Message;

    /// <summary>A module as a user writes it, whose layers are called by `forward` and not by `call`.</summary>
    private sealed class Body : nn.Module<Tensor, Tensor>
    {
        private readonly AdaptiveAvgPool2d _pool = nn.AdaptiveAvgPool2d(1);
        private readonly BatchNorm1d _norm = nn.BatchNorm1d(3);

        public Body()
            : base(nameof(Body)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _norm.forward(_pool.forward(input).flatten(1));
    }

    private sealed class FlatNorm : nn.Module<Tensor, Tensor>
    {
        private readonly Body _body = new();
        private readonly Linear _fc = nn.Linear(3, 3);

        public FlatNorm()
            : base(nameof(FlatNorm)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _fc.call(_body.call(input));
    }
}
