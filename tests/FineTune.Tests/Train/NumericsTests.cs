using FineTune.Augment;
using FineTune.Experiment;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Train;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class NumericsTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("float32", "channels_last", 1e-5, 0)]
    [InlineData("bfloat16", "nchw", 0.1, 1e-6)]
    [InlineData("bfloat16", "channels_last", 0.1, 1e-6)]
    public void Logits_are_those_of_single_precision_up_to_rounding(string precision, string layout, double most, double least)
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", 5);
        network.train();
        var images = randn([8, 3, 32, 32]);
        network.Numerics = Numerics.Default;
        var expected = network.forward(images);
        network.Numerics = Numerics.Open(precision, layout, network)[0];

        var found = network.forward(images);

        found.dtype.ShouldBe(ScalarType.Float32);
        ((found - expected).norm() / expected.norm()).item<float>().ShouldBeInRange((float)least, (float)most);
        images.shape.ShouldBe([8, 3, 32, 32]);
    }

    [Fact]
    public void Gradients_in_bfloat16_point_where_those_of_single_precision_do()
    {
        using var scope = NewDisposeScope();
        using var network = Zoo.Create("cifar_resnet20", 5);
        using var vector = new ParameterVector(network);
        var (images, labels) = (randn([8, 3, 32, 32]), tensor(new long[] { 0, 1, 2, 3, 4, 0, 1, 2 }));
        Tensor Gradient(string precision)
        {
            network.Numerics = Numerics.Open(precision, "nchw", network)[0];
            vector.ZeroGradient();
            nn.functional.cross_entropy(network.forward(images), labels).backward();
            return vector.G.clone();
        }

        var (single, half) = (Gradient("float32"), Gradient("bfloat16"));

        half.dtype.ShouldBe(ScalarType.Float32);
        (single.dot(half) / single.norm() / half.norm()).item<float>().ShouldBeInRange(0.98f, 0.9999999f);
    }

    [Fact]
    public void What_auto_chose_is_written_down_and_kept_by_a_resumed_run()
    {
        var recipe = _tiny.Recipe with { Precision = "auto", Layout = "auto" };
        var folder = _tiny.Folder("auto");
        _tiny.StartAndStop(recipe, folder, 7);

        var written = RecipeFile.Read(folder.Recipe);
        written.Precision.ShouldNotBe("auto");
        written.Layout.ShouldBe("channels_last");
        var resumed = _tiny.Start(written, folder, resume: true);

        resumed.FinalWeights.ShouldBe(_tiny.Start(written, _tiny.Folder("whole")).FinalWeights);
    }

    [Fact]
    public void Choosing_leaves_everything_as_it_was()
    {
        var recipe = _tiny.Recipe with { Epochs = 1, Snapshots = 0 };
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("a"));
        var parts = experiment.Parts;
        var (weights, statistics) =
            (ParameterVector.Floats(parts.Vector.W).ToArray(), ParameterVector.Floats(parts.Vector.Statistics).ToArray());

        NumericsChoice.Choose(parts with { Recipe = recipe with { Precision = "auto", Layout = "auto" } });

        ParameterVector.Floats(parts.Vector.W).ToArray().ShouldBe(weights);
        ParameterVector.Floats(parts.Vector.Statistics).ToArray().ShouldBe(statistics);
    }

    [Fact]
    public void Unknown_words_are_refused_before_anything_is_read()
    {
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", "precision=bfloat"]))
            .Message.ShouldContain("did you mean 'bfloat16'");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", "layout=nhwc"]))
            .Message.ShouldContain("did you mean 'nchw'");
    }

    [Fact]
    public void A_cached_head_without_augmentation_learns_what_an_uncached_one_does()
    {
        var recipe = _tiny.Recipe with { Trainable = "head", Augment = AugmentSpec.Of("none"), Head = new HeadOptions(), Snapshots = 0 };
        float[] Weights(string cache)
        {
            using var experiment = FineTune.Experiment.Experiment.Prepare(recipe with { Cache = cache }, _tiny.Folder(cache));
            experiment.Sources.Views.ShouldBe(cache == "off" ? 0 : 1);
            TrainingRun.Start(experiment);
            return ParameterVector.Floats(experiment.Parts.Vector.W).ToArray();
        }

        var (cached, uncached) = (Weights("auto"), Weights("off"));

        var norm = Math.Sqrt(uncached.Sum(w => (double)w * w));
        Math.Sqrt(cached.Zip(uncached, (a, b) => (double)(a - b) * (a - b)).Sum()).ShouldBeLessThan(1e-5 * norm);
    }

    public void Dispose() => _tiny.Dispose();
}
