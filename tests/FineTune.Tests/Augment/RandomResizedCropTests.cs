using FineTune.Augment;

namespace FineTune.Tests.Augment;

public sealed class RandomResizedCropTests
{
    [Fact]
    public void Boxes_are_spread_as_torchvisions()
    {
        var crop = new RandomResizedCrop(224);
        foreach (var sampled in AugmentGoldens.Boxes.EnumerateArray())
        {
            var (width, height, n) = (
                sampled.GetProperty("width").GetInt32(),
                sampled.GetProperty("height").GetInt32(),
                sampled.GetProperty("samples").GetInt32());
            var rows = new double[n][];
            for (var i = 0; i < n; i++)
            {
                var random = new RandomKey(1, 0, i, RandomUse.Augment).Stream();
                var box = crop.Box(width, height, ref random);
                (box.Left >= 0 && box.Top >= 0 && box.Left + box.Width <= width && box.Top + box.Height <= height)
                    .ShouldBeTrue(box.ToString());
                rows[i] =
                [
                    (double)box.Width * box.Height / (width * height),
                    Math.Log((double)box.Width / box.Height),
                    (box.Left + (box.Width / 2.0)) / width,
                    (box.Top + (box.Height / 2.0)) / height,
                ];
            }

            for (var quantity = 0; quantity < 4; quantity++)
            {
                var mean = rows.Average(r => r[quantity]);
                var std = Math.Sqrt(rows.Average(r => (r[quantity] - mean) * (r[quantity] - mean)));
                var theirs = sampled.GetProperty("std")[quantity].GetDouble();
                var error = theirs * Math.Sqrt(2.0 / n); // standard error of the difference of two means
                mean.ShouldBe(sampled.GetProperty("mean")[quantity].GetDouble(), 4.5 * error, $"mean {quantity} of {width} x {height}");
                std.ShouldBe(theirs, 0.03 * theirs, $"std {quantity} of {width} x {height}");
            }
        }
    }

    [Theory]
    [InlineData(100, 10, 43, 0, 13, 10)] // torchvision: h whole, w = round(10 * 4/3), left = (100 - 13) // 2
    [InlineData(10, 100, 0, 43, 10, 13)]
    [InlineData(1, 50, 0, 24, 1, 1)]
    public void A_shape_that_never_fits_gives_the_middle(int width, int height, int left, int top, int w, int h)
    {
        var random = new RandomKey(1, 0, 0, RandomUse.Augment).Stream();
        new RandomResizedCrop(8, new Interval(1, 1)).Box(width, height, ref random).ShouldBe(new CropBox(left, top, w, h));
    }
}
