using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>Names behind prefixes, beside other tensors, and of other conventions; all on the names of a ResNet and of a Swin.</summary>
public sealed class KeyFitTests
{
    private static readonly IReadOnlyList<KeyValuePair<string, long[]>> Keys = ModelKeys.Of("resnet18");

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("model.")]
    [InlineData("module.model.backbone.")]
    [InlineData("what.ever.")]
    public void A_common_prefix_is_taken_off_and_said(string prefix)
    {
        var fitted = Fit(Renamed(k => prefix + k));
        Report(fitted).IsExact.ShouldBeTrue();
        fitted.Notes.ShouldBe([$"The prefix '{prefix}' was taken off the weights' names."]);
    }

    [Fact]
    public void Names_that_fit_stay_and_nothing_is_said()
    {
        var fitted = Fit(Renamed(k => k));
        Report(fitted).IsExact.ShouldBeTrue();
        fitted.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Another_networks_names_stay_as_they_are()
    {
        var other = ConventionsTests.Filled(ModelKeys.Of("mobilenet_v2").Select(k => KeyValuePair.Create("model." + k.Key, k.Value)));
        var fitted = Fit(other);
        fitted.Keys.Where(k => !k.EndsWith("num_batches_tracked")).ShouldBe(other.Keys.Where(k => !k.EndsWith("num_batches_tracked")));
        fitted.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Tensors_beside_a_prefixed_network_are_left_out_by_name()
    {
        var file = Renamed(k => "model." + k);
        string[] others = ["loss.weight", "projector.0.weight", "queue", "queue_ptr", "ema.a", "ema.b", "ema.c", "ema.d", "ema.e"];
        foreach (var extra in others)
            file.Add(extra, TensorData.From([1f], 1));
        var fitted = Fit(file);
        Report(fitted).IsExact.ShouldBeTrue();
        fitted.Notes[^1].ShouldBe($"Left out 9 tensors that the network does not have ({string.Join(", ", others.Take(8))} and 1 more).");
    }

    [Fact]
    public void Without_a_prefix_another_tensor_is_a_difference()
    {
        var file = Renamed(k => k);
        file.Add("loss.weight", TensorData.From([1f], 1));
        Report(Fit(file)).Unexpected.ShouldBe(["loss.weight"]);
        Fit(file).Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_prefixed_network_that_lacks_a_tensor_or_has_one_too_many_does_not_fit(bool lacks)
    {
        const string key = "layer1.0.conv1.weight";
        var file = new StateDict();
        foreach (var (name, values) in Renamed(k => "model." + k).Where(t => !lacks || t.Key != "model." + key))
            file.Add(name, values);
        if (!lacks)
            file.Add("model.extra.weight", TensorData.From([1f], 1));
        var (fitted, report) = (Fit(file), Report(Fit(file)));
        report.Missing.ShouldBe(lacks ? [key] : []);
        report.Unexpected.ShouldBe(lacks ? [] : ["extra.weight"]);
        fitted.Notes.ShouldBeEmpty();
    }

    /// <summary>The rest is the body of a network, whose head is put anew.</summary>
    [Fact]
    public void A_body_without_its_head_fits()
    {
        var file = new StateDict();
        foreach (var (name, values) in Renamed(k => "encoder." + k).Where(t => !t.Key.Contains(".fc.")))
            file.Add(name, values);
        Report(Fit(file)).Missing.ShouldBe(["fc.weight", "fc.bias"]);
    }

    [Fact]
    public void Of_two_copies_the_first_of_the_documented_order_is_taken_and_both_are_named()
    {
        var file = Renamed(k => "ema." + k);
        foreach (var (name, values) in Renamed(k => "model." + k))
            file.Add(name, values);
        var fitted = Fit(file);
        fitted["conv1.weight"].Bytes.Equals(file["model.conv1.weight"].Bytes).ShouldBeTrue();
        fitted.Notes.ShouldContain("The weights are also there as ema; FILE#ema takes those.");
    }

    [Theory]
    [InlineData("class_token")]
    [InlineData("heads.head.bias")]
    public void A_tensor_under_both_of_its_names_is_refused_and_never_dropped(string name)
    {
        var keys = ModelKeys.Of("vit_b_16");
        var file = Conventions.ToTimm("vit_b_16", ConventionsTests.Filled(keys));
        file.Add(name, TensorData.From([1f], 1));
        var fitted = KeyFit.Fit("vit_b_16", keys, k => k.StartsWith("heads."), file);
        KeyMatch.Compare(keys, fitted).IsExact.ShouldBeFalse();
        fitted.Notes.ShouldBeEmpty();
    }

    /// <summary>Positions of another input size: the names are found all the same, and the shape is told.</summary>
    [Fact]
    public void Other_shapes_do_not_hide_the_names()
    {
        var keys = ModelKeys.Of("vit_b_16");
        var file = new StateDict();
        foreach (var (name, values) in Conventions.ToTimm("vit_b_16", ConventionsTests.Filled(keys)))
            file.Add("module." + name, name == "pos_embed" ? new TensorData(TensorType.UInt8, [1, 577, 768], new byte[577 * 768]) : values);
        var report = KeyMatch.Compare(keys, Conventions.ToTorchvision("vit_b_16", keys, file));
        report.Misshapen.ShouldHaveSingleItem().Name.ShouldBe("encoder.pos_embedding");
        (report.Missing.Count, report.Unexpected.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void What_Swin_works_out_itself_is_not_taken_from_a_file()
    {
        var keys = ModelKeys.Of("swin_t");
        var places = TransformerNames.SwinOfMicrosoft.Places(keys.Select(k => k.Key));
        var file = new StateDict();
        foreach (var (name, values) in ConventionsTests.Filled(keys))
            file.Add(places[name].Name, values);
        file.Add("layers.0.blocks.1.attn_mask", TensorData.From([1f], 1));
        var fitted = Conventions.ToTorchvision("swin_t", keys, file);
        KeyMatch.Compare(keys, fitted).IsExact.ShouldBeTrue();
        fitted.Keys.ShouldAllBe(k => !k.Contains("relative_position_index") && !k.Contains("attn_mask"));
    }

    [Theory]
    [InlineData("googlenet", "aux2.fc1.weight")]
    [InlineData("inception_v3", "AuxLogits.conv0.conv.weight")]
    public void Auxiliary_heads_are_left_out_and_named(string model, string name)
    {
        var keys = ModelKeys.Of(model);
        var file = ConventionsTests.Filled(keys);
        file.Add(name, TensorData.From([1f], 1));
        var fitted = Conventions.ToTorchvision(model, keys, file);
        KeyMatch.Compare(keys, fitted).IsExact.ShouldBeTrue();
        fitted.Notes.ShouldHaveSingleItem().ShouldContain(name);
    }

    [Fact]
    public void A_file_of_endless_prefixes_is_read_in_time()
    {
        var file = new StateDict();
        for (var i = 0; i < 100_000; i++)
            file.Add($"p{i}.conv1.weight", TensorData.From([1f], 1));
        var start = TimeProvider.System.GetTimestamp();
        Report(Fit(file)).IsExact.ShouldBeFalse();
        TimeProvider.System.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(5);
    }

    private static StateDict Renamed(Func<string, string> rename)
    {
        var renamed = new StateDict();
        foreach (var (name, values) in ConventionsTests.Filled(Keys))
            renamed.Add(rename(name), values);
        return renamed;
    }

    private static StateDict Fit(StateDict file) => KeyFit.Fit("resnet18", Keys, k => k.StartsWith("fc."), file);

    private static MatchReport Report(StateDict fitted) => KeyMatch.Compare(Keys, fitted);
}
