using FineTune.Tests.Train;
using static TorchSharp.torch;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class SourcesTests : IDisposable
{
    private const double View = 256.0 * 51 / (1L << 30); // GiB: 64 features of 51 images

    private readonly TinyRun _tiny = new();

    [Fact]
    public void Frozen_layers_run_in_inference_form_without_a_cache_too()
    {
        using var run = FineTune.Experiment.Experiment.Prepare(
            _tiny.Recipe with { Trainable = "layer3", Cache = "off" }, _tiny.Folder("a"));
        (run.Sources.Views, run.Sources.WhyNone).ShouldBe((0, "the recipe's cache is off"));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        run.Parts.Network.eval();
        var images = rand([2, 3, 16, 16]);
        var (expected, found) = (run.Parts.Line.Forward(images), run.Parts.Training.Forward(images));
        ((found - expected).norm() / expected.norm()).item<float>().ShouldBeLessThan(1e-4f);
        run.Parts.Vector.Statistics.narrow(0, 0, 16).add_(0.5); // of the first batch norm, which is folded by now
        run.Parts.Training.Forward(images).ne(found).any().item<bool>().ShouldBeFalse();
        run.Parts.Line.Forward(images).ne(expected).any().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData(100, 6)]
    [InlineData(4.5, 4)]
    [InlineData(2.5, 0)]
    public void As_many_views_are_kept_as_there_is_room_for_and_none_where_three_have_none(double room, int views)
    {
        var recipe = _tiny.Recipe with
        {
            Epochs = 9,
            Trainable = "head",
            CacheFolder = Path.Combine(_tiny.Root, "cache"),
            CacheLimit = room * View,
        };
        using var run = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("a"));
        run.Sources.Views.ShouldBe(views);
        if (views == 0)
            run.Sources.WhyNone.ShouldStartWith("3 views per image would need");
    }

    public void Dispose() => _tiny.Dispose();
}
