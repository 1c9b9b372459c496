using FineTune.Images;

namespace FineTune.Tests.Images;

public sealed class FuzzTests
{
    private const int Mutants = 6_000;

    /// <summary>The long form, under the address sanitizer, is scripts/fuzz-images.sh.</summary>
    [Fact]
    public void Mutated_files_give_pixels_or_an_ImageException()
    {
        var files = ImageGoldens.Files().Select(f => (Name: f, Bytes: File.ReadAllBytes(ImageGoldens.File(f)))).ToArray();
        var limits = new ImageLimits { MaxPixels = 1 << 18 };
        var random = new Random(20_240_517);
        var (decoded, refused) = (0, 0);
        for (var n = 0; n < Mutants; n++)
        {
            var (name, bytes) = files[n % files.Length];
            try
            {
                var image = ImageFile.Decode(Mutate(bytes, random), name, limits);
                image.Pixels.Length.ShouldBe(3 * image.Width * image.Height);
                decoded++;
            }
            catch (ImageException)
            {
                refused++;
            }
        }

        decoded.ShouldBeGreaterThan(Mutants / 20);
        refused.ShouldBeGreaterThan(Mutants / 20);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            // Headers are where the traps are: half of the edits fall into the first 64 bytes.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(64, bytes.Length) : bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(4, bytes.Length - at)).Fill((byte)(random.Next(2) * 255));
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 16))..], 0];
                    break;
                default:
                    bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
                    if (bytes.Length == 0)
                        bytes = [0];
                    break;
            }
        }

        return bytes;
    }
}
