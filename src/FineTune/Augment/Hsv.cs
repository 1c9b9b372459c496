using System.Runtime.CompilerServices;

namespace FineTune.Augment;

/// <summary>
/// Pillow's 8-bit HSV, hue in 255 steps a turn, to the bit: where its C code mixes float and double, so does this.
/// </summary>
internal static class Hsv
{
    /// <summary>For each hue, the sixth of the circle that it lies in, and how far, 0 to 1.</summary>
    private static readonly (int Sixth, float Part)[] Circle = [.. Enumerable.Range(0, 256).Select(h =>
    {
        var sixth = (int)(h * 6.0 / 255.0); // 0..6; 6 is 0 again
        return (sixth % 6, (float)((h * 6.0 / 255.0) - sixth));
    })];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (byte H, byte S, byte V) FromRgb(byte r, byte g, byte b)
    {
        int max = Math.Max(r, Math.Max(g, b));
        int min = Math.Min(r, Math.Min(g, b));
        if (max == min)
            return (0, 0, (byte)max);
        float range = max - min;
        float h;
        if (r == max)
            h = ((max - b) / range) - ((max - g) / range);
        else if (g == max)
            h = (float)(2.0 + ((max - r) / range) - ((max - b) / range));
        else
            h = (float)(4.0 + ((max - g) / range) - ((max - r) / range));
        var turn = (h / 6.0) + 1.0; // 5/6 .. 11/6: C's fmod(turn, 1) is one exact subtraction
        h = (float)(turn >= 1.0 ? turn - 1.0 : turn);
        return ((byte)(int)(h * 255.0), (byte)(int)(range / max * 255.0), (byte)max);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (byte R, byte G, byte B) ToRgb(byte h, byte s, byte v)
    {
        if (s == 0)
            return (v, v, v);
        var (sixth, part) = Circle[h];
        var fs = (float)(s / 255.0);
        var p = Rounded(v * (1.0 - fs));
        var falling = (sixth & 1) == 1;
        var m = Rounded(v * (1.0 - (falling ? fs * part : fs * (1.0 - part)))); // Pillow's q and t
        return sixth switch
        {
            0 => (v, m, p),
            1 => (m, v, p),
            2 => (p, v, m),
            3 => (p, m, v),
            4 => (m, p, v),
            _ => (v, p, m),
        };
    }

    /// <summary>C's round of a number in 0..255.</summary>
    private static byte Rounded(double value) => (byte)(int)(value + 0.5);
}
