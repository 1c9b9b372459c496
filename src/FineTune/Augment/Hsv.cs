namespace FineTune.Augment;

/// <summary>
/// Pillow's 8-bit HSV, hue in 255 steps a turn, to the bit: where its C code mixes float and double, so does this.
/// </summary>
internal static class Hsv
{
    public static (byte H, byte S, byte V) FromRgb(byte r, byte g, byte b)
    {
        var max = Math.Max(r, Math.Max(g, b));
        var min = Math.Min(r, Math.Min(g, b));
        if (max == min)
            return (0, 0, max);
        float range = max - min;
        var rc = (max - r) / range;
        var gc = (max - g) / range;
        var bc = (max - b) / range;
        var h = r == max ? bc - gc : g == max ? (float)(2.0 + rc - bc) : (float)(4.0 + gc - rc);
        h = (float)(((h / 6.0) + 1.0) % 1.0);
        return ((byte)(h * 255.0), (byte)(range / max * 255.0), max);
    }

    public static (byte R, byte G, byte B) ToRgb(byte h, byte s, byte v)
    {
        if (s == 0)
            return (v, v, v);
        var sector = (int)(h * 6.0 / 255.0); // 0..6
        var f = (float)((h * 6.0 / 255.0) - sector);
        var fs = (float)(s / 255.0);
        var p = Rounded(v * (1.0 - fs));
        var q = Rounded(v * (1.0 - (fs * f)));
        var t = Rounded(v * (1.0 - (fs * (1.0 - f))));
        return (sector % 6) switch
        {
            0 => (v, t, p),
            1 => (q, v, p),
            2 => (p, v, t),
            3 => (p, q, v),
            4 => (t, p, v),
            _ => (v, p, q),
        };
    }

    /// <summary>C's round of a number in 0..255.</summary>
    private static byte Rounded(double value) => (byte)(value + 0.5);
}
