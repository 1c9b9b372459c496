using FineTune.Augment;
using FineTune.Data;
using FineTune.Images;

namespace FineTune.Tests.Augment;

public sealed class AugmentationsTests
{
    public static TheoryData<string> PresetNames => [.. Augmentations.Presets.Select(p => p.Name)];

    public static TheoryData<string> TransformNames => [.. Augmentations.Transforms.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Every_preset_makes_views_of_the_input_size_that_the_seed_decides(string name)
    {
        ImageView view = Augmentations.Train(AugmentSpec.Of(name), 24, 27);
        var views = Enumerable.Range(0, 8).Select(seed => See(view, seed)).ToArray();
        views.ShouldAllBe(v => v.Width == 24 && v.Height == 24);
        See(view, 3).Pixels.ShouldBe(views[3].Pixels);
        views.Select(v => Convert.ToHexString(v.Pixels)).Distinct().Count().ShouldBe(name == "none" ? 1 : 8);
    }

    [Theory]
    [MemberData(nameof(TransformNames))]
    public void Every_transform_is_made_from_its_defaults_and_says_its_name(string name)
    {
        var pipeline = Augmentations.Train(AugmentSpec.Of(new NamedSpec(name)), 24, null);
        pipeline.Transforms.Single().ToString().ShouldStartWith(name + "(");
        See(pipeline, 0).Width.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Every_number_option_of_the_table_is_read()
    {
        foreach (var row in Augmentations.Transforms)
        {
            foreach (var option in row.Options)
            {
                Refused(new NamedSpec(row.Name, new Dictionary<string, object?> { [option.Name] = "much" }))
                    .ShouldStartWith($"The option {option.Name} of {row.Name} is 'much'; ");
            }
        }
    }

    [Fact]
    public void Options_are_read_from_numbers_text_and_lists()
    {
        Made("random_crop", ("size", 16), ("padding", "2"), ("fill", 255.0)).ShouldBe("random_crop(16, padding=2, fill=255)");
        Made("random_resized_crop", ("scale", new List<object> { "0.25", 1 }))
            .ShouldBe("random_resized_crop(24, scale=0.25..1, ratio=0.75..1.3333)");
        Made("random_resized_crop", ("scale", "0.25..0.5"), ("ratio", new[] { 1.0, 2.0 }))
            .ShouldBe("random_resized_crop(24, scale=0.25..0.5, ratio=1..2)");
        Made("resize_exact", ("height", 5)).ShouldBe("resize_exact(5, 24)");
        Made("color_jitter", ("hue", 0.1)).ShouldBe("color_jitter(brightness=0, contrast=0, saturation=0, hue=0.1)");
    }

    [Fact]
    public void Misspelt_names_are_answered_with_the_nearest()
    {
        Should.Throw<FineTuneException>(() => Augmentations.Train(AugmentSpec.Of("lectures"), 24, null))
            .Message.ShouldStartWith("Unknown augmentation 'lectures'; did you mean 'lecture'");
        Refused(new NamedSpec("horizontal_flop")).ShouldContain("did you mean 'horizontal_flip'");
        Refused(new NamedSpec("random_crop", new Dictionary<string, object?> { ["paddding"] = 1 })).ShouldContain("did you mean 'padding'");
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Refused(new NamedSpec("resize", new Dictionary<string, object?> { ["size"] = 2.5 }))
            .ShouldBe("The option size of resize is '2.5'; a whole number is allowed.");
        Refused(new NamedSpec("random_crop", new Dictionary<string, object?> { ["fill"] = 256 }))
            .ShouldContain("is 256; it must be 0 to 255.");
        Refused(new NamedSpec("random_resized_crop", new Dictionary<string, object?> { ["scale"] = new[] { 1 } }))
            .ShouldContain("'[1]'; two numbers");
    }

    [Fact]
    public void Evaluation_resizes_and_crops_or_leaves_alone()
    {
        Augmentations.Evaluation(224, 256).ToString().ShouldBe("resize(256), center_crop(224)");
        var image = AugmentGoldens.Image("source");
        See(Augmentations.Evaluation(32, null), 0, image).ShouldBeSameAs(image);
        Augmentations.Evaluation(32, null).ToString().ShouldBe("as it is");
    }

    [Fact]
    public void Presets_are_what_they_say()
    {
        Preset("none").ShouldBe("resize(256), center_crop(224)");
        Preset("tutorial").ShouldBe("random_resized_crop(224, scale=0.08..1, ratio=0.75..1.3333), horizontal_flip(p=0.5)");
        Preset("lecture").ShouldEndWith("horizontal_flip(p=0.5), color_jitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)");
        Augmentations.Train(AugmentSpec.Of("cifar"), 32, null).ToString()
            .ShouldBe("random_crop(32, padding=4, fill=0), horizontal_flip(p=0.5)");
        Preset("light").ShouldBe("resize(256), center_crop(224), random_crop(224, padding=28, fill=0), horizontal_flip(p=0.5)");
    }

    private static string Preset(string name) => Augmentations.Train(AugmentSpec.Of(name), 224, 256).ToString();

    private static string Made(string name, params (string Name, object? Value)[] options) =>
        Augmentations.Train(AugmentSpec.Of(new NamedSpec(name, options.ToDictionary(o => o.Name, o => o.Value))), 24, null).ToString();

    private static string Refused(NamedSpec spec) =>
        Should.Throw<FineTuneException>(() => Augmentations.Train(AugmentSpec.Of(spec), 24, null)).Message;

    private static RgbImage See(ImageView view, int seed, RgbImage? image = null)
    {
        var random = new RandomKey(seed, 0, 0, RandomUse.Augment).Stream();
        return view(image ?? AugmentGoldens.Image("source"), ref random);
    }
}
