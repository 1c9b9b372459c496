using FineTune.Augment;
using FineTune.Images;

namespace FineTune.Tests.Augment;

public sealed class ColorAdjustTests
{
    public static TheoryData<string> Words => ["brightness", "contrast", "saturation", "hue"];

    [Theory]
    [MemberData(nameof(Words))]
    public void Adjustment_equals_Pillow_to_the_bit(string word)
    {
        Func<RgbImage, double, RgbImage> adjust = word switch
        {
            "brightness" => ColorAdjust.Brightness,
            "contrast" => ColorAdjust.Contrast,
            "saturation" => ColorAdjust.Saturation,
            _ => ColorAdjust.Hue,
        };
        var cases = AugmentGoldens.Cases(word).ToArray();
        cases.Length.ShouldBe(7);
        foreach (var (name, numbers) in cases)
            adjust(AugmentGoldens.Image("source"), numbers[0]).Pixels.ShouldBe(AugmentGoldens.Image(name).Pixels, name);
    }

    [Fact]
    public void Jitter_of_nothing_changes_nothing()
    {
        var image = AugmentGoldens.Image("source");
        var random = new RandomKey(1, 0, 0, RandomUse.Augment).Stream();
        new ColorJitter().Apply(image, ref random).ShouldBeSameAs(image);
    }

    [Theory]
    [InlineData(0.4, 60, 140)]
    [InlineData(1.5, 0, 250)]
    public void Factors_fill_their_range_evenly(double amount, int low, int high)
    {
        var jitter = new ColorJitter(brightness: amount);
        var grey = new RgbImage(1, 1, [100, 100, 100]);
        var values = Many(4000, (ref RandomStream r) => (double)jitter.Apply(grey, ref r).Pixels[0]);
        values.Min().ShouldBeInRange(low, low + 1);
        values.Max().ShouldBeInRange(high - 1, high);
        values.Average().ShouldBe((low + high - 1) / 2.0, (high - low) * 0.02);
    }

    [Fact]
    public void Hue_turns_both_ways_as_far_as_allowed()
    {
        var jitter = new ColorJitter(hue: 0.1);
        var red = new RgbImage(1, 1, [255, 0, 0]);
        var hues = Many(4000, (ref RandomStream r) =>
        {
            var pixel = jitter.Apply(red, ref r).Pixels;
            return (double)(sbyte)Hsv.FromRgb(pixel[0], pixel[1], pixel[2]).H;
        });
        hues.Min().ShouldBeInRange(-27, -25);
        hues.Max().ShouldBeInRange(24, 25);
    }

    [Fact]
    public void Order_of_the_parts_is_random()
    {
        // Brightness before saturation clips where saturation before brightness does not: both orders must occur.
        var bright = AugmentGoldens.Image("source");
        var jitter = new ColorJitter(0.5, 0, 0.5);
        var (first, second) = (0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var key = new RandomKey(seed, 0, 0, RandomUse.Augment);
            var random = key.Stream();
            var seen = jitter.Apply(bright, ref random).Pixels;
            var draws = key.Stream();
            draws.Shuffle<int>([0, 1, 2, 3]);
            var (a, b) = (draws.NextDouble(0.5, 1.5), draws.NextDouble(0.5, 1.5));
            if (seen.SequenceEqual(ColorAdjust.Saturation(ColorAdjust.Brightness(bright, a), b).Pixels))
                first++;
            else if (seen.SequenceEqual(ColorAdjust.Brightness(ColorAdjust.Saturation(bright, a), b).Pixels))
                second++;
        }

        (first + second).ShouldBe(200);
        first.ShouldBeInRange(70, 130);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Should.Throw<FineTuneException>(() => new ColorJitter(hue: 0.6))
            .Message.ShouldBe("The hue of the colour jitter is 0.6; it must be 0 to 0.5.");
        Should.Throw<FineTuneException>(() => new ColorJitter(contrast: -1))
            .Message.ShouldBe("The contrast of the colour jitter is -1; it must be at least 0.");
    }

    private delegate double Draw(ref RandomStream random);

    private static double[] Many(int count, Draw draw)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var random = new RandomKey(0, 0, i, RandomUse.Augment).Stream();
            values[i] = draw(ref random);
        }

        return values;
    }
}
