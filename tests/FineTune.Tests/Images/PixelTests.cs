using FineTune.Images;

namespace FineTune.Tests.Images;

public sealed class PixelTests
{
    public static TheoryData<string, int, int, int, string> Goldens()
    {
        var data = new TheoryData<string, int, int, int, string>();
        foreach (var row in ImageGoldens.Table("pixels.tsv"))
            data.Add(row[0], ImageGoldens.Int(row[1]), ImageGoldens.Int(row[2]), ImageGoldens.Int(row[3]), row[4]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Pixels_equal_Pillow(string file, int width, int height, int orientation, string hash)
    {
        var image = ImageFile.Load(ImageGoldens.File(file));
        (image.Width, image.Height).ShouldBe((width, height));
        ImageGoldens.Sha(image).ShouldBe(hash);

        var info = ImageFile.Identify(ImageGoldens.File(file));
        (info.Width, info.Height).ShouldBe((width, height));
        info.Orientation.ShouldBe(orientation is >= 1 and <= 8 ? orientation : 1);
    }

    [Fact]
    public void Goldens_hold_every_kind_of_file()
    {
        var kinds = ImageGoldens.Files().Select(f => ImageFile.Identify(ImageGoldens.File(f))).ToArray();
        foreach (var format in new[] { ImageFormat.Jpeg, ImageFormat.Png, ImageFormat.WebP, ImageFormat.Bmp })
            kinds.ShouldContain(k => k.Format == format);
        kinds.Where(k => k.Format == ImageFormat.Jpeg).Select(k => k.Channels).Distinct().Order().ShouldBe([1, 3, 4]);
        kinds.Where(k => k.Format == ImageFormat.Png).Select(k => k.Bits).Distinct().Order().ShouldBe([1, 2, 4, 8, 16]);
        kinds.Where(k => k.Format == ImageFormat.Png).Select(k => k.Channels).Distinct().Order().ShouldBe([1, 2, 3, 4]);
        kinds.Select(k => k.Orientation).Distinct().Order().ShouldBe(Enumerable.Range(1, 8));
    }

    [Fact]
    public void Header_is_told_before_and_after_turning()
    {
        var info = ImageFile.Identify(ImageGoldens.File("exif-6.jpg"));
        info.ShouldBe(new ImageInfo(ImageFormat.Jpeg, 24, 17, 3, 8) { Orientation = 6 });
        (info.Width, info.Height).ShouldBe((17, 24));
    }

    [Fact]
    public void Ending_does_not_decide_the_format() =>
        ImageFile.Identify(ImageGoldens.File("jpeg-named.png")).Format.ShouldBe(ImageFormat.Jpeg);

    [Fact]
    public void Libraries_are_named()
    {
        foreach (var name in new[] { "libjpeg", "libpng", "libwebp" })
            ImageFile.Libraries.ShouldContain(name);
    }
}
