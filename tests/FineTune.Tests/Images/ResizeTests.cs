using FineTune.Images;

namespace FineTune.Tests.Images;

public sealed class ResizeTests
{
    private static readonly RgbImage Photo = ImageFile.Load(ImageGoldens.File("photo.png"));

    [Fact]
    public void Resize_equals_Pillow_to_the_bit()
    {
        var rows = ImageGoldens.Table("resize.tsv");
        rows.Length.ShouldBe(140);
        foreach (var row in rows)
        {
            var edges = row[1..5].Select(ImageGoldens.Float).ToArray();
            var (width, height) = (ImageGoldens.Int(row[5]), ImageGoldens.Int(row[6]));
            var (left, top, right, bottom) = ((int)edges[0], (int)edges[1], (int)edges[2], (int)edges[3]);
            var result = row[0] == "crop"
                ? Resize.Crop(Photo, left, top, right - left, bottom - top, width, height)
                : Resize.Box(Photo, width, height, edges[0], edges[1], edges[2], edges[3],
                    row[0] == "bicubic" ? Interpolation.Bicubic : Interpolation.Bilinear);
            ImageGoldens.Sha(result).ShouldBe(row[7], string.Join(' ', row[..7]));
        }
    }

    [Theory]
    [InlineData(500, 375, 256, 341, 256)]
    [InlineData(375, 500, 256, 256, 341)]
    [InlineData(256, 256, 256, 256, 256)]
    [InlineData(3, 2, 7, 10, 7)]
    [InlineData(768, 513, 256, 383, 256)]
    public void Shorter_side_is_torchvisions(int width, int height, int size, int newWidth, int newHeight)
    {
        Resize.ShorterSide(width, height, size).ShouldBe((newWidth, newHeight));
        var image = Resize.ShorterSide(new RgbImage(width, height, new byte[3 * width * height]), size);
        (image.Width, image.Height).ShouldBe((newWidth, newHeight));
    }

    [Fact]
    public void A_flat_image_stays_flat_at_every_size()
    {
        var white = new RgbImage(101, 67, Enumerable.Repeat((byte)255, 3 * 101 * 67).ToArray());
        foreach (var (width, height) in new[] { (1, 1), (2, 66), (100, 3), (257, 131) })
            Resize.To(white, width, height).Pixels.ShouldAllBe(v => v == 255);
    }

    [Fact]
    public void Same_size_is_the_same_instance() => Resize.To(Photo, Photo.Width, Photo.Height).ShouldBeSameAs(Photo);

    [Fact]
    public void What_lies_outside_a_crop_has_no_influence()
    {
        var pixels = (byte[])Photo.Pixels.Clone();
        for (var y = 0; y < Photo.Height; y++)
        {
            for (var x = 0; x < Photo.Width; x++)
            {
                if (x is < 9 or >= 49 || y is < 4 or >= 34)
                    pixels.AsSpan(3 * ((y * Photo.Width) + x), 3).Fill(201);
            }
        }

        var framed = new RgbImage(Photo.Width, Photo.Height, pixels);
        Resize.Crop(framed, 9, 4, 40, 30, 21, 13).Pixels.ShouldBe(Resize.Crop(Photo, 9, 4, 40, 30, 21, 13).Pixels);
    }

    [Theory]
    [InlineData(-1, 0, 10, 10)]
    [InlineData(0, 0, 68, 10)]
    [InlineData(60, 0, 8, 10)]
    [InlineData(0, 40, 10, 6)]
    [InlineData(int.MaxValue, 0, int.MaxValue, 1)]
    [InlineData(0, 0, 0, 1)]
    public void A_crop_outside_the_image_is_refused(int left, int top, int width, int height) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Resize.Crop(Photo, left, top, width, height, 5, 5));

    [Fact]
    public void A_box_outside_the_image_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Resize.Box(Photo, 5, 5, 0, 0, 67.5f, 10));
        Should.Throw<ArgumentOutOfRangeException>(() => Resize.Box(Photo, 5, 5, 0, float.NaN, 10, 10));
        Should.Throw<ArgumentOutOfRangeException>(() => Resize.To(Photo, 0, 5));
    }
}
