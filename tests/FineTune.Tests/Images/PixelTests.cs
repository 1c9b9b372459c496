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

    public static TheoryData<string, int, string> Deviations()
    {
        var data = new TheoryData<string, int, string>();
        foreach (var row in ImageGoldens.Table("deviations.tsv"))
            data.Add(row[0], ImageGoldens.Int(row[1]), row[3]);
        return data;
    }

    public static TheoryData<string, string> Jpegs()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in ImageGoldens.Table("pixels.tsv").Where(r => IsJpeg(r[0])))
            data.Add(row[0], row[4]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Pixels_equal_Pillow(string file, int width, int height, int orientation, string hash)
    {
        var image = ImageFile.Load(ImageGoldens.File(file));
        (image.Width, image.Height).ShouldBe((width, height));
        if (!Deviates(file))
            ImageGoldens.Sha(image).ShouldBe(hash);

        var info = ImageFile.Identify(ImageGoldens.File(file));
        (info.Width, info.Height).ShouldBe((width, height));
        info.Orientation.ShouldBe(orientation is >= 1 and <= 8 ? orientation : 1);
    }

    /// <summary>The golden says why, and scripts/goldens/images.py which is right.</summary>
    [Theory]
    [MemberData(nameof(Deviations))]
    public void Where_the_library_differs_it_does_so_by_no_more_than_is_known(string file, int greatest, string right)
    {
        var pixels = ImageFile.Load(ImageGoldens.File(file)).Pixels;
        var expected = Convert.FromBase64String(right);
        pixels.Length.ShouldBe(expected.Length);
        Enumerable.Range(0, pixels.Length).Max(k => Math.Abs(pixels[k] - expected[k])).ShouldBeInRange(1, greatest);
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void SkiaSharp_decodes_each_JPEG_to_the_same_pixels(string file, string hash) => Sha(new SkiaCodec(), file).ShouldBe(hash);

    [SkippableTheory]
    [MemberData(nameof(Jpegs))]
    public void TurboJPEG_decodes_each_JPEG_to_the_same_pixels(string file, string hash)
    {
        Skip.If(TurboJpeg.Instance is null, "libturbojpeg is not on this machine");
        Sha(new TurboJpegCodec(TurboJpeg.Instance!), file).ShouldBe(hash);
    }

    [Fact]
    public void Goldens_hold_every_kind_of_file()
    {
        var kinds = ImageGoldens.Files().Select(f => ImageFile.Identify(ImageGoldens.File(f))).ToArray();
        ImageFormat[] read = [.. Enum.GetValues<ImageFormat>().Where(f => f != ImageFormat.Unknown && ImageFormats.WhyNotRead(f) is null)];
        kinds.Select(k => k.Format).Distinct().Order().ShouldBe(read);
        read.Length.ShouldBe(8);
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
        foreach (var name in new[] { "SkiaSharp", "ImageSharp" })
            ImageFile.Libraries.ShouldContain(name);
        (ImageFile.Advice is null).ShouldBe(ImageFile.Libraries.Contains("libjpeg-turbo", StringComparison.Ordinal));
    }

    private static bool Deviates(string file) => ImageGoldens.Table("deviations.tsv").Any(row => row[0] == file);

    private static bool IsJpeg(string file) => ImageFile.Identify(ImageGoldens.File(file)).Format == ImageFormat.Jpeg;

    private static string Sha(IImageCodec codec, string file)
    {
        var info = ImageFile.Identify(ImageGoldens.File(file));
        var image = codec.Decode(File.ReadAllBytes(ImageGoldens.File(file)), info, ImageLimits.Default, file);
        return ImageGoldens.Sha(Orientation.Apply(image, info.Orientation));
    }
}
