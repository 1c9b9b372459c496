using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FineTune.Images;

namespace FineTune.Data;

/// <summary>
/// Bytes to normalised floats, rows of pixels to planes: (p / 255 - mean) / std in float32, as torchvision's ToTensor
/// and Normalize compute it, from a table of 256 values a channel.
/// </summary>
internal sealed class Normalizer
{
    private readonly float[] _red;
    private readonly float[] _green;
    private readonly float[] _blue;

    public Normalizer(IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        if (mean.Count != 3 || std.Count != 3 || !mean.All(float.IsFinite) || !std.All(s => float.IsFinite(s) && s > 0))
        {
            throw new FineTuneException($"Mean ({string.Join(", ", mean)}) and standard deviation ({string.Join(", ", std)}) must be three "
                + "numbers each, the latter above 0.");
        }
        (_red, _green, _blue) = (Table(mean[0], std[0]), Table(mean[1], std[1]), Table(mean[2], std[2]));
    }

    /// <summary>Writes <paramref name="image"/> as planes.</summary>
    /// <param name="image">Pixels.</param>
    /// <param name="planes">[3, Height, Width].</param>
    public void Write(RgbImage image, Span<float> planes)
    {
        var n = image.Width * image.Height;
        if (planes.Length != 3 * n)
            throw new ArgumentException($"{planes.Length} floats for {3 * n} values.", nameof(planes));
        ref var pixel = ref MemoryMarshal.GetArrayDataReference(image.Pixels);
        ref var plane = ref MemoryMarshal.GetReference(planes);
        ref var red = ref MemoryMarshal.GetArrayDataReference(_red);
        ref var green = ref MemoryMarshal.GetArrayDataReference(_green);
        ref var blue = ref MemoryMarshal.GetArrayDataReference(_blue);

        // Lengths are checked above, and a byte cannot leave a table of 256: bounds checks would double the time.
        for (var i = 0; i < n; i++)
        {
            Unsafe.Add(ref plane, i) = Unsafe.Add(ref red, (int)pixel);
            Unsafe.Add(ref plane, i + n) = Unsafe.Add(ref green, (int)Unsafe.Add(ref pixel, 1));
            Unsafe.Add(ref plane, i + n + n) = Unsafe.Add(ref blue, (int)Unsafe.Add(ref pixel, 2));
            pixel = ref Unsafe.Add(ref pixel, 3);
        }
    }

    private static float[] Table(float mean, float std)
    {
        var table = new float[256];
        for (var p = 0; p < 256; p++)
            table[p] = ((p / 255f) - mean) / std;
        return table;
    }
}
