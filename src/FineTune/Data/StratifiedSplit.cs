using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FineTune.Data;

/// <summary>Draws a validation split class by class. The place of a file follows from the seed and its own name alone.</summary>
/// <param name="Fraction">Part of each class that is drawn, in (0, 1).</param>
/// <param name="Seed">The seed.</param>
internal sealed record StratifiedSplit(double Fraction, long Seed)
{
    /// <summary>
    /// The names of a class that are drawn for validation: those whose hash, as a number in [0, 1), is below the fraction. Chance
    /// is held within bounds: at least half and at most twice as many as the fraction asks for, at least one, and one stays.
    /// </summary>
    /// <param name="names">At least two, each once.</param>
    public IReadOnlySet<string> Draw(IReadOnlyCollection<string> names)
    {
        var ordered = names.Select(name => (Name: name, At: Place(name))).OrderBy(p => p.At).ToArray();
        var (asked, most) = (Fraction * ordered.Length, ordered.Length - 1);
        int Bound(double count) => Math.Clamp((int)Math.Round(count), 1, most);
        var drawn = Math.Clamp(ordered.Count(p => p.At < Fraction), Bound(asked / 2), Bound(asked * 2));
        return ordered.Take(drawn).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A number in [0, 1) from the SHA-256 of seed and name; composed and decomposed forms of a name give the same.</summary>
    private double Place(string name)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Seed}\n{Nfc.Of(name)}");
        return (BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) * Math.ScaleB(1, -53);
    }
}
