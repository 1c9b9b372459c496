using FineTune.Experiment;
using FineTune.Models;
using FineTune.Regularize;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Transfer.Heads;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Transfer;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class HeadFormTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("linear", new[] { "linear.weight", "linear.bias" })]
    [InlineData("mlp", new[] { "linear.hidden.weight", "linear.hidden.bias", "linear.out.weight", "linear.out.bias" })]
    [InlineData("concat-pool", new[]
    {
        "linear.bn1.weight", "linear.bn1.bias", "linear.hidden.weight", "linear.bn2.weight", "linear.bn2.bias", "linear.out.weight",
    })]
    [InlineData("cosine", new[] { "linear.weight", "linear.scale" })]
    public void A_head_of_any_form_is_trained_kept_and_built_again(string form, string[] keys)
    {
        var recipe = _tiny.Recipe with
        {
            Head = new HeadOptions { Form = form, Hidden = 12, Dropout = form == "cosine" ? 0 : 0.2 },
            Epochs = 1,
            Snapshots = 0,
            Trainable = "layer3",
        };
        var folder = _tiny.Folder("a");
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, folder);
        var network = experiment.Parts.Network;
        network.Head.NamedParameters().Select(p => p.Name).ShouldBe(keys);
        var before = network.Head.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter.detach().clone());
        TrainingRun.Start(experiment);
        foreach (var (name, parameter) in network.Head.NamedParameters())
            parameter.ne(before[name]).any().item<bool>().ShouldBeTrue(name);

        using var again = LoadedModel.Open(null, folder.Last);
        again.Network.Classes.ShouldBe(3);
        using var images = rand([2, 3, 16, 16]);
        network.eval();
        using var _ = no_grad();
        var (expected, found) = (network.call(images), again.Network.call(images));
        found.data<float>().ToArray().ShouldBe(expected.data<float>().ToArray());
        again.Network.state_dict().Keys.Where(k => !k.StartsWith("linear.", StringComparison.Ordinal))
            .ShouldBe(Zoo.Create("cifar_resnet20", 3).state_dict().Keys.Where(k => !k.StartsWith("linear.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Both_dropouts_of_a_concat_pool_head_draw_once_it_is_opened_again()
    {
        var folder = _tiny.Folder("a");
        _tiny.Start(_tiny.Recipe with
        {
            Head = new HeadOptions { Form = "concat-pool", Dropout = 0.2 },
            Epochs = 1,
            Snapshots = 0,
            Trainable = "head",
        }, folder);
        using var again = LoadedModel.Open(null, folder.Last);
        StochasticLayer.In(again.Network).Cast<TorchSharp.Modules.Dropout>().Select(d => d.p).ShouldBe([0.1, 0.2]);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("concat-pool")]
    [InlineData("cosine")]
    public void A_new_form_takes_the_body_of_weights_that_have_another(string form)
    {
        var recipe = _tiny.Recipe with { Weights = "attic", Head = new HeadOptions { Form = form }, Input = new InputOptions() };
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("a"));
        using var attic = LoadedModel.Open(null, "attic");
        var (found, expected) = (experiment.Parts.Network.state_dict(), attic.Network.state_dict());
        found["conv1.weight"].ne(expected["conv1.weight"]).any().item<bool>().ShouldBeFalse();
    }

    [Fact]
    public void A_run_whose_head_is_of_the_same_form_and_classes_goes_on_with_it()
    {
        var recipe = _tiny.Recipe with { Head = new HeadOptions { Form = "mlp", Hidden = 12 }, Epochs = 1, Snapshots = 0 };
        _tiny.Start(recipe, _tiny.Folder("a"));
        using var next = FineTune.Experiment.Experiment.Prepare(recipe with { Weights = _tiny.Folder("a").Last }, _tiny.Folder("b"));
        var file = WeightFile.Read(_tiny.Folder("a").Last);
        next.Parts.Network.state_dict()["linear.out.weight"].data<float>().ToArray().ShouldBe(file["linear.out.weight"].ToFloats());
        using var other = FineTune.Experiment.Experiment.Prepare(
            recipe with { Weights = _tiny.Folder("a").Last, Head = new HeadOptions() }, _tiny.Folder("c"));
        other.Parts.Network.state_dict()["linear.weight"].shape.ShouldBe([3, 64]);
    }

    [Fact]
    public void Concat_pool_has_the_largest_and_the_mean_and_bears_a_single_image()
    {
        using var pool = new ConcatPool2d();
        using var maps = tensor(new float[] { 1, 2, 3, 6, -1, -1, -5, 3 }).view(1, 2, 2, 2);
        pool.call(maps).data<float>().ToArray().ShouldBe([6, 3, 3, -1]);
        using var head = HeadForm.ConcatPoolHead(4, 6, 3);
        head.train();
        using var one = head.call(rand([1, 4]));
        one.isfinite().all().item<bool>().ShouldBeTrue();
        head.named_buffers().ShouldAllBe(b => b.buffer.to(ScalarType.Float32).isfinite().all().item<bool>());
    }

    [Fact]
    public void A_cosine_head_gives_the_cosines_times_its_scale()
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        using var head = new CosineHead(2, 2);
        head.get_parameter("weight")!.copy_(tensor(new float[] { 3, 4, 0, -2 }, [2, 2]));
        head.get_parameter("scale")!.copy_(tensor(new float[] { 5 }));
        head.forward(tensor(new float[] { 8, 6, 0, 9 }, [2, 2])).data<float>()
            .ShouldBe([5 * 0.96f, 5 * -0.6f, 5 * 0.8f, -5], 1e-5); // (8, 6) is (0.8, 0.6) long, and (3, 4) (0.6, 0.8)
    }

    [Fact]
    public void A_cosine_head_does_not_see_how_long_features_are()
    {
        using var head = new CosineHead(5, 3);
        using var _ = no_grad();
        using var x = randn([4, 5]);
        var (a, b) = (head.call(x).data<float>().ToArray(), head.call(x * 7).data<float>().ToArray());
        for (var k = 0; k < a.Length; k++)
            b[k].ShouldBe(a[k], 1e-5f);
        a.ShouldAllBe(v => Math.Abs(v) <= 10.0001f);
        head.call(zeros([1, 5])).data<float>().ToArray().ShouldBe([0, 0, 0]);
    }

    [Theory]
    [InlineData("head.form=mpl", "did you mean 'mlp'")]
    [InlineData("head={ form: mlp, hidden: 0 }", "head.hidden is 0; 1 to 8192")]
    [InlineData("head={ form: cosine, init: zero }", "no directions to turn")]
    public void A_head_that_cannot_be_is_one_sentence(string setting, string sentence) =>
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", setting])).Message.ShouldContain(sentence);

    [Theory]
    [InlineData("mlp", 1, 1)]
    [InlineData("mlp", 8192, 8192)]
    [InlineData("concat-pool", 5, 5)]
    [InlineData("cosine", 5, 0)]
    [InlineData("linear", 5, 0)]
    public void A_width_is_kept_where_there_is_a_hidden_layer(string name, int hidden, int kept)
    {
        var form = HeadForm.Parse(name, hidden);
        form.ShouldBe(new HeadForm(name, kept));
        var weights = new StateDict();
        weights.Metadata["head"] = $"{name} {kept}";
        HeadForm.Read(weights).ShouldBe(form);
        Should.Throw<FineTuneException>(() => HeadForm.Parse(name, 8193)).Message.ShouldContain("head.hidden is 8193; 1 to 8192");
        Should.Throw<FineTuneException>(() => HeadForm.Parse(name, 0)).Message.ShouldContain("head.hidden is 0; 1 to 8192");
    }

    [Fact]
    public void A_network_without_an_average_pool_takes_no_concat_pool_head()
    {
        using var network = new Network(VisionTransformer.Describe("vit_small", 8, 4, 4, 2, Preprocessing.ForImageNet(32, 32), 3));
        Should.Throw<FineTuneException>(() => HeadForm.Parse("concat-pool", 8).Install(network)).Message
            .ShouldContain("no stage of 'vit_small' has one");
    }

    [Theory]
    [InlineData("mlp 8193")]
    [InlineData("concat-pool 0")]
    [InlineData("cosine 1")]
    [InlineData("mlp 99999999")]
    [InlineData("mlp -1")]
    [InlineData("mlp 0")]
    [InlineData("linear 5")]
    public void Weights_that_name_a_head_that_cannot_be_are_refused(string text)
    {
        var weights = new StateDict();
        weights.Metadata["head"] = text;
        Should.Throw<FineTuneException>(() => HeadForm.Read(weights)).Message.ShouldContain("the file is damaged");
    }

    [Theory]
    [InlineData("cone 3")]
    [InlineData("an avocado")]
    [InlineData("mlp")]
    public void What_another_tool_calls_a_head_is_no_form(string text)
    {
        var weights = new StateDict();
        weights.Metadata["head"] = text;
        HeadForm.Read(weights).ShouldBe(HeadForm.Linear);
    }

    public void Dispose() => _tiny.Dispose();
}
