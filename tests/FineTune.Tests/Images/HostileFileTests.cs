using System.Buffers.Binary;
using System.Text;
using FineTune.Images;

namespace FineTune.Tests.Images;

public sealed class HostileFileTests
{
    private const int Claimed = 60_000;
    private const int Behind = 27; // a TGA's footer; of a PNG IEND, the checksums of IDAT and of zlib, and the end of its last block

    [Theory]
    [InlineData("png-rgb8.png")]
    [InlineData("jpeg-420.jpg")]
    [InlineData("jpeg-420-progressive.jpg")]
    [InlineData("bmp-24.bmp")]
    [InlineData("bmp-rle8.bmp")]
    public void A_header_that_claims_60000_squared_is_refused_before_memory_is_taken(string file)
    {
        var bytes = WithSize(File.ReadAllBytes(ImageGoldens.File(file)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Should.Throw<ImageException>(() => ImageFile.Decode(bytes, file));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        e.NotAnImage.ShouldBeFalse();
        e.Message.ShouldBe($"Cannot read image '{file}': its header says 60000 x 60000 pixels; an image may have at most 178956970 in all "
            + "(--max-pixels allows more).");
        ImageFile.Identify(bytes, file).StoredWidth.ShouldBe(Claimed);
    }

    [Fact]
    public void A_webp_that_claims_the_most_its_header_can_say_is_refused()
    {
        var bytes = File.ReadAllBytes(ImageGoldens.File("webp-lossless.webp"));
        bytes.AsSpan(21, 3).Fill(0xFF); // two times 14 bits, behind the signature 0x2F
        bytes[24] |= 0x0F;
        Should.Throw<ImageException>(() => ImageFile.Decode(bytes, "a.webp"))
            .Reason.ShouldStartWith("its header says 16384 x 16384 pixels; an image may have");
    }

    [Fact]
    public void A_claim_within_the_limits_that_the_data_does_not_keep_is_refused()
    {
        string[] files = ["png-rgb8.png", "jpeg-420-progressive.jpg", "bmp-24.bmp"];
        foreach (var file in TurboJpeg.Instance is null ? files : [.. files, "jpeg-420.jpg"]) // whose damage SkiaSharp does not tell of
        {
            var bytes = WithSize(File.ReadAllBytes(ImageGoldens.File(file)), 500);
            Should.Throw<ImageException>(() => ImageFile.Decode(bytes, file)).NotAnImage.ShouldBeFalse(file);
        }
    }

    [Theory]
    [InlineData("4294967300 4")] // 2 to the 32nd, and 4
    [InlineData("4 4294967300")]
    [InlineData("99999999999999999999 1")]
    public void Numbers_of_a_PNM_that_overflow_are_no_small_picture(string size)
    {
        byte[] file = [.. Encoding.ASCII.GetBytes($"P6\n{size}\n255\n"), .. new byte[4 * 4 * 3]];
        Should.Throw<ImageException>(() => ImageFile.Decode(file, "x.ppm"));
        ImageFile.Decode([.. "P6\n4 4\n255\n"u8, .. new byte[4 * 4 * 3]], "x.ppm").Width.ShouldBe(4);
    }

    [Fact]
    public void Each_limit_holds_at_its_edge()
    {
        const int Scans = 10; // of Pillow's progressive colour JPEG
        var path = ImageGoldens.File("jpeg-420-progressive.jpg"); // 24 x 17
        var bytes = new FileInfo(path).Length;
        var exact = new ImageLimits { MaxPixels = 24 * 17, MaxSide = 24, MaxFileBytes = bytes, MaxScans = Scans };
        ImageFile.Load(path, exact).Width.ShouldBe(24);
        Reason(path, exact with { MaxPixels = (24 * 17) - 1 })
            .ShouldBe("its header says 24 x 17 pixels; an image may have at most 407 in all (--max-pixels allows more)");
        Reason(path, exact with { MaxSide = 23 }).ShouldBe("its header says 24 x 17 pixels; a side may have at most 23");
        Reason(path, exact with { MaxFileBytes = bytes - 1 }).ShouldBe(
            $"the file has {bytes} bytes; at most {bytes - 1} are read (--max-pixels allows larger files too)");
        Reason(path, exact with { MaxScans = Scans - 1 }).ShouldBe("the JPEG has more than 9 scans");
    }

    [Fact]
    public void A_file_cut_anywhere_gives_an_error_or_the_whole_picture_and_never_filler()
    {
        foreach (var file in ImageGoldens.Files().Where(f => !HasMoreBehind(f)))
        {
            var bytes = File.ReadAllBytes(ImageGoldens.File(file));
            var whole = ImageFile.Decode(bytes, file).Pixels;
            for (var length = 0; length < bytes.Length; length++)
            {
                if (IsText(file) && !char.IsWhiteSpace((char)bytes[length]))
                    continue; // within a number: what is left may be one too
                try
                {
                    ImageFile.Decode(bytes.AsSpan(0, length), file).Pixels.ShouldBe(whole, $"{file} cut to {length} of {bytes.Length}");
                    length.ShouldBeGreaterThan(bytes.Length - Behind, $"{file}: only what stands behind the pixels may be missing");
                }
                catch (ImageException e)
                {
                    e.NotAnImage.ShouldBeFalse($"{file} cut to {length}");
                }
            }
        }
    }

    [SkippableTheory]
    [InlineData("jpeg-444.jpg")]
    [InlineData("jpeg-420-progressive.jpg")]
    public void A_jpeg_whose_data_breaks_off_before_its_end_marker_is_refused(string file)
    {
        var isSeen = TurboJpeg.Instance is not null || file.Contains("progressive");
        Skip.IfNot(isSeen, "SkiaSharp does not tell of it; libturbojpeg is not on this machine");
        var bytes = File.ReadAllBytes(ImageGoldens.File(file));
        byte[] broken = [.. bytes[..(bytes.Length - 60)], 0xFF, 0xD9];
        Should.Throw<ImageException>(() => ImageFile.Decode(broken, file)).Reason.ShouldMatch("premature end|ends early");
    }

    [Fact]
    public void Scans_are_counted_and_the_end_is_found_without_decoding()
    {
        foreach (var file in ImageGoldens.Files().Where(f => f.StartsWith("jpeg", StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(ImageGoldens.File(file));
            var scans = bytes.AsSpan().Count<byte>([0xFF, 0xDA]);
            Should.NotThrow(() => JpegScans.Check(bytes, scans, file));
            Should.Throw<ImageException>(() => JpegScans.Check(bytes, scans - 1, file))
                .Reason.ShouldBe($"the JPEG has more than {scans - 1} scans");
            var end = bytes.AsSpan().LastIndexOf<byte>([0xFF, 0xD9]);
            for (var length = 2; length < end + 2; length++)
            {
                Should.Throw<ImageException>(() => JpegScans.Check(bytes.AsSpan(0, length), scans, file))
                    .Reason.ShouldContain("ends early");
            }
        }
    }

    [Fact]
    public void SkiaSharp_refuses_a_JPEG_that_is_cut_anywhere_where_it_has_no_end_marker()
    {
        foreach (var file in ImageGoldens.Files().Where(f => f.StartsWith("jpeg-4", StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(ImageGoldens.File(file));
            var info = ImageFile.Identify(bytes, file);
            for (var length = bytes.Length - 1; length > 200; length--)
            {
                Should.Throw<ImageException>(() => new SkiaCodec().Decode(bytes.AsSpan(0, length), info, ImageLimits.Default, file))
                    .Reason.ShouldContain("ends early");
            }
        }
    }

    private static bool IsText(string file) => new[] { "pnm-p1", "pnm-p2", "pnm-p3" }.Any(file.StartsWith);

    /// <summary>Trailing bytes, later pages, later frames.</summary>
    private static bool HasMoreBehind(string file) =>
        new[] { "trailing", "two-pages", "animated" }.Any(word => file.Contains(word, StringComparison.Ordinal));

    private static string Reason(string path, ImageLimits limits) =>
        Should.Throw<ImageException>(() => ImageFile.Load(path, limits)).Reason;

    /// <summary>The same file with another width and height in its header.</summary>
    private static byte[] WithSize(byte[] file, int size = Claimed)
    {
        switch (ImageFile.Identify(file, "golden").Format)
        {
            case ImageFormat.Png:
                BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), size);
                BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), size);
                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Crc(file.AsSpan(12, 17)));
                break;
            case ImageFormat.Bmp:
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), size);
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), size);
                break;
            default:
                var frame = Math.Max(file.AsSpan().IndexOf<byte>([0xFF, 0xC0]), file.AsSpan().IndexOf<byte>([0xFF, 0xC2]));
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)size);
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)size);
                break;
        }

        return file;
    }

    /// <summary>PNG's checksum, bit by bit.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }
}
