using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FineTune.Data;

/// <summary>Draws a validation split class by class, from the seed and the names of the files.</summary>
/// <param name="Seed">The seed.</param>
internal abstract record SplitDraw(long Seed)
{
    /// <summary>The names of a class that are drawn for validation; at least one is, and one stays.</summary>
    /// <param name="names">At least two, each once.</param>
    public abstract IReadOnlySet<string> Draw(IReadOnlyCollection<string> names);

    /// <summary>Names with their places, the smallest first.</summary>
    public static (string Name, double At)[] Ordered(IEnumerable<string> names, long seed) =>
        [.. names.Select(name => (Name: name, At: Place(name, seed))).OrderBy(p => p.At)];

    /// <summary>A number in [0, 1) from the SHA-256 of seed and name; composed and decomposed forms of a name give the same.</summary>
    private static double Place(string name, long seed)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{seed}\n{Nfc.Of(name)}");
        return (BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) * Math.ScaleB(1, -53);
    }
}

/// <summary>A part of each class. The place of a file follows from the seed and its own name alone.</summary>
/// <param name="Fraction">Part of each class that is drawn, in (0, 1).</param>
/// <param name="Seed">The seed.</param>
internal sealed record StratifiedSplit(double Fraction, long Seed) : SplitDraw(Seed)
{
    /// <summary>
    /// Those whose hash, as a number in [0, 1), is below the fraction. Chance is held within bounds: at least half and at most twice
    /// as many as the fraction asks for, at least one, and one stays.
    /// </summary>
    /// <param name="names">At least two, each once.</param>
    public override IReadOnlySet<string> Draw(IReadOnlyCollection<string> names)
    {
        var ordered = Ordered(names, Seed);
        var (asked, most) = (Fraction * ordered.Length, ordered.Length - 1);
        int Bound(double count) => Math.Clamp((int)Math.Round(count), 1, most);
        var drawn = Math.Clamp(ordered.Count(p => p.At < Fraction), Bound(asked / 2), Bound(asked * 2));
        return ordered.Take(drawn).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
    }
}

/// <summary>
/// One of K folds, which together have every image once and of each class as many as one another, or one more. With another image
/// in the folder, the folds are others.
/// </summary>
/// <param name="Folds">How many, at least 2.</param>
/// <param name="Fold">Which, from 1.</param>
/// <param name="Seed">The seed.</param>
internal sealed record StratifiedFold(int Folds, int Fold, long Seed) : SplitDraw(Seed)
{
    /// <summary>Every K-th, in the order of the hashes.</summary>
    /// <param name="names">At least as many as there are folds, each once.</param>
    /// <exception cref="FineTuneException">They are fewer.</exception>
    public override IReadOnlySet<string> Draw(IReadOnlyCollection<string> names)
    {
        if (names.Count < Folds)
        {
            throw new FineTuneException(
                $"A class has {names.Count} different images to train on, one of them {names.Order(StringComparer.Ordinal).First()}; "
                + $"{Folds} folds need {Folds} of each class.");
        }

        return Ordered(names, Seed).Where((_, i) => i % Folds == Fold - 1).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
    }
}
