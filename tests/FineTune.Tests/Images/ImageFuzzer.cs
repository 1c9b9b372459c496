using System.Diagnostics;
using FineTune.Images;

namespace FineTune.Tests.Images;

/// <summary>
/// Mutates the golden files, again and again, and gives them to the decoders. Runs in a process of its own, because a fault of a native
/// decoder ends it: the file that was being decoded then lies where it was told to keep it.
/// </summary>
internal static class ImageFuzzer
{
    private const int Failed = 1;
    private const int MostMegabytes = 1500; // of the whole process: files of at most 2^18 pixels are decoded

    private static readonly ImageLimits Limits = new() { MaxPixels = 1 << 18 };

    /// <summary>Goes over all goldens a number of times.</summary>
    /// <param name="rounds">Mutants a golden.</param>
    /// <param name="seed">Decides the mutants.</param>
    /// <param name="kept">The file that holds the mutant being decoded.</param>
    public static int Run(int rounds, int seed, string kept)
    {
        var files = ImageGoldens.Files().Select(f => (Name: f, Bytes: File.ReadAllBytes(ImageGoldens.File(f)))).ToArray();
        var random = new Random(seed);
        var skia = new SkiaCodec();
        var (decoded, refused, slowest) = (0, 0, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, bytes) in files)
            {
                var mutant = Mutant.Of(bytes, random);
                File.WriteAllBytes(kept, mutant);
                var began = Stopwatch.GetTimestamp();
                try
                {
                    var image = ImageFile.Decode(mutant, name, Limits);
                    if (image.Pixels.Length != 3 * image.Width * image.Height)
                        throw new InvalidOperationException("the pixels are not as many as the size says");
                    decoded++;
                    if (ImageFile.Identify(mutant, name) is { Format: ImageFormat.Jpeg } info)
                        skia.Decode(mutant, info, Limits, name); // the other decoder of JPEG
                }
                catch (ImageException)
                {
                    refused++;
                }
                catch (Exception e)
                {
                    Console.Error.WriteLine($"a mutant of {name}: {e}");
                    return Failed;
                }

                var took = Stopwatch.GetElapsedTime(began);
                slowest = took > slowest ? took : slowest;
            }
        }

        var megabytes = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
        Console.WriteLine(
            $"{decoded} decoded, {refused} refused; the slowest took {slowest.TotalMilliseconds:0} ms, the process {megabytes} MB at most");
        return megabytes > MostMegabytes ? Failed : 0;
    }
}
