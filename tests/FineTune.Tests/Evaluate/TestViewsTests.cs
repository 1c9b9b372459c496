using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Models;

namespace FineTune.Tests.Evaluate;

public sealed class TestViewsTests
{
    private static readonly Preprocessing Input = Preprocessing.ImageNet with { InputSize = 8, ResizeTo = 12 };

    [Theory]
    [InlineData("none", 1)]
    [InlineData("flip", 2)]
    [InlineData("five-crop", 5)]
    [InlineData("ten-crop", 10)]
    [InlineData("five-crop+flip", 10)]
    [InlineData("scales", 3)]
    [InlineData("scales+flip", 6)]
    [InlineData("random:1", 1)]
    [InlineData("random:4", 4)]
    [InlineData("random:1000", 1000)]
    [InlineData("random:4+flip", 8)]
    public void Views_have_names(string text, int count)
    {
        var views = TestViews.Parse(text);
        (views.Name, views.Views.Count).ShouldBe((text, count));
        views.Views.Select(v => v.Name).ShouldBeUnique();
    }

    [Theory]
    [InlineData("")]
    [InlineData("flips")]
    [InlineData("random")]
    [InlineData("random:0")]
    [InlineData("random:1001")]
    [InlineData("random:-1")]
    [InlineData("ten-crop+flip")]
    [InlineData("flip+flip")]
    [InlineData("scales+scales")]
    public void Other_words_are_one_sentence(string text) =>
        Should.Throw<FineTuneException>(() => TestViews.Parse(text)).Message.ShouldContain("five-crop");

    [Fact]
    public void Crops_are_the_centre_and_the_corners_and_their_mirror_images()
    {
        var image = Gradient(12, 12); // no resize: red is the column, green the row
        var corners = TestViews.Parse("five-crop").Views.Select(v => TopLeft(v, image)).ToArray();
        corners.ShouldBe([(2, 2), (0, 0), (4, 0), (0, 4), (4, 4)]);
        var ten = TestViews.Parse("ten-crop").Views;
        TopLeft(ten[0], image).ShouldBe((2, 2));
        TopLeft(ten[1], image).ShouldBe((9, 2)); // the last column of the centre comes first
        TopLeft(ten[9], image).ShouldBe((11, 4));
    }

    [Fact]
    public void An_input_that_is_not_cut_out_of_a_larger_one_is_enlarged_by_an_eighth_for_corners()
    {
        var whole = Preprocessing.Cifar; // 32 of 32
        var views = TestViews.Parse("five-crop").Views;
        views[1].Transforms(whole).ToString().ShouldBe("resize(37), corner_crop(32, top left)");
        views[0].Transforms(whole with { ResizeTo = null }).ToString().ShouldBe("resize(37), center_crop(32)");
        TestViews.Parse("scales").Views[2].Transforms(whole).ToString().ShouldBe("resize(36), center_crop(32)");
        TestViews.Parse("scales").Views[1].Transforms(whole with { ResizeTo = 40 }).ToString().ShouldBe("resize(35), center_crop(32)");
    }

    [Fact]
    public void Random_views_are_draws_of_their_own() =>
        TestViews.Parse("random:3").Views.Select(v => (v.Name, v.Draw))
            .ShouldBe([("random 1", 0), ("random 2", 1), ("random 3", 2)]);

    private static (int Column, int Row) TopLeft(TestView view, RgbImage image)
    {
        var random = new RandomKey(0, view.Draw, 0, RandomUse.Augment).Stream();
        var seen = view.Transforms(Input).Apply(image, ref random);
        (seen.Width, seen.Height).ShouldBe((8, 8));
        return (seen.Pixels[0], seen.Pixels[1]);
    }

    private static RgbImage Gradient(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (var i = 0; i < width * height; i++)
            (pixels[3 * i], pixels[(3 * i) + 1]) = ((byte)(i % width), (byte)(i / width));
        return new RgbImage(width, height, pixels);
    }
}
