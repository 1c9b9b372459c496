using FineTune.Augment;
using FineTune.Images;

namespace FineTune.Tests.Augment;

public sealed class GeometryTests
{
    private readonly RgbImage _source = AugmentGoldens.Image("source");

    [Fact]
    public void Centre_crop_equals_torchvision_for_odd_even_and_smaller_images()
    {
        foreach (var (name, numbers) in AugmentGoldens.Cases("center_crop"))
            Equal(Apply(new CenterCrop((int)numbers[0]), _source), name);
    }

    [Fact]
    public void Flip_equals_torchvision()
    {
        Equal(Apply(new HorizontalFlip(1), _source), "flip");
        Apply(new HorizontalFlip(0), _source).ShouldBeSameAs(_source);
    }

    [Fact]
    public void Flip_happens_as_often_as_asked()
    {
        var flip = new HorizontalFlip(0.25);
        var image = new RgbImage(2, 1, [1, 1, 1, 2, 2, 2]);
        var flipped = Enumerable.Range(0, 4000).Count(seed => Apply(flip, image, seed).Pixels[0] == 2);
        flipped.ShouldBeInRange(900, 1100); // 1000 +- 3.7 standard deviations
    }

    [Fact]
    public void Padded_crop_equals_torchvisions_pad_and_crop()
    {
        foreach (var (name, numbers) in AugmentGoldens.Cases("padded_crop"))
            Equal(Crop.Cut(_source, new CropBox((int)numbers[0] - 4, (int)numbers[1] - 4, 29, 29), 7), name);
    }

    [Fact]
    public void Random_crop_reaches_every_place_alike()
    {
        // A pixel knows its place, so a crop's first pixel tells where it was cut: 5 x 5 places for 4 + 2 * 2 - 4.
        var image = new RgbImage(4, 4, [.. Enumerable.Range(0, 16).SelectMany(i => new[] { (byte)(i + 1), (byte)0, (byte)0 })]);
        var crop = new RandomCrop(4, padding: 2);
        var places = Enumerable.Range(0, 5000).CountBy(seed => string.Join(',', Apply(crop, image, seed).Pixels)).ToArray();
        places.Length.ShouldBe(25);
        places.ShouldAllBe(p => p.Value > 140 && p.Value < 260); // 200 +- 4.3 standard deviations
    }

    [Fact]
    public void Random_crop_larger_than_the_image_is_one_sentence() =>
        Should.Throw<FineTuneException>(() => Apply(new RandomCrop(40, 1), _source)).Message
            .ShouldBe("random_crop(40, padding=1, fill=0) does not fit an image of 37 x 29 pixels; resize it first, or pad more.");

    [Theory]
    [InlineData(30, 0, false)] // too high
    [InlineData(29, 0, true)]
    [InlineData(37, 4, true)]
    [InlineData(38, 4, false)] // 29 + 8 pixels high, 38 wide
    public void Random_crop_fits_where_both_sides_do(int size, int padding, bool fits)
    {
        if (fits)
            Apply(new RandomCrop(size, padding), _source).Height.ShouldBe(size);
        else
            Should.Throw<FineTuneException>(() => Apply(new RandomCrop(size, padding), _source));
    }

    [Theory]
    [InlineData(false, false, "top left", 0, 0)]
    [InlineData(true, false, "top right", 27, 0)]
    [InlineData(false, true, "bottom left", 0, 19)]
    [InlineData(true, true, "bottom right", 27, 19)]
    public void Corner_crop_takes_its_corner(bool right, bool bottom, string name, int left, int top)
    {
        var crop = new CornerCrop(10, right, bottom);
        var found = Apply(crop, _source);
        crop.ToString().ShouldBe($"corner_crop(10, {name})");
        (found.Width, found.Height).ShouldBe((10, 10));
        for (var y = 0; y < 10; y++)
            found.Pixels.AsSpan(30 * y, 30).SequenceEqual(_source.Pixels.AsSpan(3 * (((top + y) * 37) + left), 30)).ShouldBeTrue();
    }

    [Fact]
    public void A_resize_says_its_interpolation_unless_it_is_the_usual_one()
    {
        new ResizeShorter(20).ToString().ShouldBe("resize(20)");
        new ResizeShorter(20, Interpolation.Bicubic).ToString().ShouldBe("resize(20, bicubic)");
    }

    [Fact]
    public void Resized_crop_equals_torchvision_to_the_bit()
    {
        foreach (var (name, numbers) in AugmentGoldens.Cases("resized_crop"))
        {
            var box = new CropBox((int)numbers[0], (int)numbers[1], (int)numbers[2], (int)numbers[3]);
            Equal(Resize.Crop(_source, box.Left, box.Top, box.Width, box.Height, 20, 20), name);
        }
    }

    [Fact]
    public void Resize_equals_torchvision_to_the_bit()
    {
        foreach (var (name, numbers) in AugmentGoldens.Cases("resize"))
            Equal(Apply(new ResizeShorter((int)numbers[0]), _source), name);
        foreach (var (name, numbers) in AugmentGoldens.Cases("resize_turned"))
            Equal(Apply(new ResizeShorter((int)numbers[0]), AugmentGoldens.Image("source_turned")), name);
        Equal(Apply(new ResizeExact(11, 53), _source), "resize_exact 11 53");
    }

    [Fact]
    public void Transforms_never_write_to_their_input()
    {
        var image = new RgbImage(_source.Width, _source.Height, [.. _source.Pixels]);
        ITransform[] all =
        [
            new ResizeShorter(20), new ResizeExact(9, 9), new CenterCrop(50), new CenterCrop(20), new RandomResizedCrop(12),
            new RandomCrop(29, 4), new HorizontalFlip(1), new ColorJitter(1, 1, 1, 0.5),
        ];
        foreach (var transform in all)
        {
            Apply(transform, image);
            image.Pixels.ShouldBe(_source.Pixels, transform.ToString());
        }
    }

    [Fact]
    public void Sizes_out_of_range_are_refused()
    {
        Should.Throw<FineTuneException>(() => new ResizeShorter(0))
            .Message.ShouldBe("The size to resize to is 0 pixels; it must be 1 to 8192.");
        Should.Throw<FineTuneException>(() => new RandomResizedCrop(8, new Interval(0, 1)))
            .Message.ShouldBe("The scale of the random resized crop is 0..1; it must rise, from above 0 to at most 1.");
        Should.Throw<FineTuneException>(() => new RandomResizedCrop(8, null, new Interval(2, 1))).Message
            .ShouldBe("The ratio of the random resized crop is 2..1; it must rise, from above 0.");
        new ResizeShorter(8192).Size.ShouldBe(8192);
        Should.Throw<FineTuneException>(() => new HorizontalFlip(1.5)).Message.ShouldContain("1.5; it must be 0 to 1.");
    }

    private static RgbImage Apply(ITransform transform, RgbImage image, int seed = 0)
    {
        var random = new RandomKey(seed, 0, 0, RandomUse.Augment).Stream();
        return transform.Apply(image, ref random);
    }

    private static void Equal(RgbImage image, string name)
    {
        var expected = AugmentGoldens.Image(name);
        (image.Width, image.Height).ShouldBe((expected.Width, expected.Height), name);
        image.Pixels.ShouldBe(expected.Pixels, name);
    }
}
