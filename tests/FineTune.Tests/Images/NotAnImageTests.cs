using FineTune.Images;

namespace FineTune.Tests.Images;

public sealed class NotAnImageTests
{
    [Theory]
    [InlineData("a.jpg", false)]
    [InlineData("A.JPG", false)]
    [InlineData("a.txt", true)]
    [InlineData("a.gif", false)]
    [InlineData("a", true)]
    public void An_empty_file_is_a_damaged_image_only_by_its_ending(string name, bool notAnImage) =>
        Refused([], name, notAnImage).ShouldBe("the file is empty");

    [Fact]
    public void Unknown_bytes_are_a_damaged_image_only_by_their_ending()
    {
        Refused("hello, world"u8, "notes.txt", notAnImage: true).ShouldBe("neither its bytes nor its ending are those of an image");
        Refused("hello, world"u8, "Photo.PNG", notAnImage: false).ShouldBe("its ending is .PNG, but its bytes are not those of an image");
        Refused("BMW is a maker of cars"u8, "notes.txt", notAnImage: true);
    }

    [Theory]
    [InlineData("\0\0\0\u001cftypavif", "AVIF")]
    [InlineData("\0\0\0\u0018ftypheic", "HEIC")]
    [InlineData("\0\0\0\u000cJXL ", "JPEG XL")]
    [InlineData("\0\0\0\u000cjP  ", "JPEG 2000")]
    [InlineData("8BPS", "PSD")]
    public void Formats_that_are_not_read_are_named(string start, string format)
    {
        var bytes = start.Select(c => (byte)c).Concat(new byte[32]).ToArray();
        Refused(bytes, "a.jpg", notAnImage: true)
            .ShouldStartWith($"{format} is not a format that is read; convert it to JPEG or PNG, for instance by: ");
    }

    [Fact]
    public void An_animated_webp_is_left_out() =>
        Refused(File.ReadAllBytes(ImageGoldens.File("refused/animated.webp")), "a.webp", notAnImage: true)
            .ShouldBe("an animated WebP is not read (a single image is)");

    [Fact]
    public void A_kind_of_TIFF_that_ImageSharp_misreads_is_refused_in_plain_words() =>
        Refused(File.ReadAllBytes(ImageGoldens.File("refused/tiff-bilevel-without-bits.tif")), "a.tif", notAnImage: false)
            .ShouldBe("the TIFF data is damaged (or of a kind that ImageSharp does not read)");

    [Fact]
    public void What_cannot_be_opened_is_named_with_its_reason()
    {
        var missing = ImageGoldens.File("no such file.jpg");
        Should.Throw<ImageException>(() => ImageFile.Load(missing))
            .Message.ShouldBe($"Cannot read image '{missing}': the file does not exist.");
        Should.Throw<ImageException>(() => ImageFile.Load(ImageGoldens.Folder)).Reason.ShouldBe("it is a folder");
    }

    [Theory]
    [InlineData("png-rgb8.png", "the PNG data is damaged (an error within it)", -20)]
    [InlineData("webp-lossless.webp", "the WebP data is damaged", 20)]
    [InlineData("jpeg-420.jpg", "the JPEG data is damaged", 24)]
    public void The_librarys_own_words_reach_the_message(string file, string words, int at)
    {
        var bytes = File.ReadAllBytes(ImageGoldens.File(file));
        bytes.AsSpan(at < 0 ? bytes.Length + at : at, 3).Fill(0xE7);
        Refused(bytes, file, notAnImage: false).ShouldStartWith(words);
    }

    private static string Refused(ReadOnlySpan<byte> bytes, string name, bool notAnImage)
    {
        var copy = bytes.ToArray();
        var e = Should.Throw<ImageException>(() => ImageFile.Decode(copy, name));
        e.Path.ShouldBe(name);
        e.NotAnImage.ShouldBe(notAnImage);
        return e.Reason;
    }
}
