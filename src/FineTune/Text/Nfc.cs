using System.Globalization;

namespace FineTune;

/// <summary>
/// Unicode's composed form (NFC) of a name. macOS stores "é" as e and an accent, other systems as one character: composed, both are
/// the same name. .NET's own string.Normalize does nothing in invariant globalization, so the table is here (UAX #15, section 1.3).
/// </summary>
internal static class Nfc
{
    private const char FirstAffected = '\u0300'; // every text of characters before it is composed

    // Hangul is composed by arithmetic (the Unicode Standard, section 3.12): lead, vowel, tail.
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    private static readonly Lazy<Table> Unicode = new(Table.Load);

    /// <summary>The name, composed.</summary>
    public static string Of(string name)
    {
        if (!name.AsSpan().ContainsAnyInRange(FirstAffected, char.MaxValue))
            return name;
        var codes = new List<int>();
        foreach (var rune in name.EnumerateRunes())
            Decompose(rune.Value, codes);
        Order(codes);
        return string.Concat(Compose(codes).Select(char.ConvertFromUtf32));
    }

    private static void Decompose(int code, List<int> codes)
    {
        if (code is >= SyllableBase and < SyllableBase + Syllables)
        {
            var syllable = code - SyllableBase;
            codes.Add(LeadBase + (syllable / (Vowels * Tails)));
            codes.Add(VowelBase + (syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails != 0)
                codes.Add(TailBase + (syllable % Tails));
        }
        else if (Unicode.Value.Parts.TryGetValue(code, out var parts))
        {
            foreach (var part in parts)
                Decompose(part, codes);
        }
        else
        {
            codes.Add(code);
        }
    }

    /// <summary>Sorts each run of marks by their class, and leaves those of one class in their order.</summary>
    private static void Order(List<int> codes)
    {
        for (var k = 1; k < codes.Count; k++)
        {
            var own = Unicode.Value.Class(codes[k]);
            for (var at = k; own > 0 && at > 0 && Unicode.Value.Class(codes[at - 1]) > own; at--)
                (codes[at - 1], codes[at]) = (codes[at], codes[at - 1]);
        }
    }

    private static List<int> Compose(List<int> codes)
    {
        var composed = new List<int>();
        var (starter, last) = (-1, 0); // where the last character that marks may join stands; the class of what came last
        foreach (var code in codes)
        {
            var own = Unicode.Value.Class(code);
            var joins = starter >= 0 && (last == 0 ? starter == composed.Count - 1 : last < own);
            if (joins && Joined(composed[starter], code) is { } whole)
            {
                composed[starter] = whole;
                continue;
            }

            if (own == 0)
                starter = composed.Count;
            last = own;
            composed.Add(code);
        }

        return composed;
    }

    private static int? Joined(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            return SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Tails);
        var hasNoTail = first is >= SyllableBase and < SyllableBase + Syllables && (first - SyllableBase) % Tails == 0;
        if (hasNoTail && second is > TailBase and < TailBase + Tails)
            return first + second - TailBase;
        return Unicode.Value.Whole.TryGetValue((first, second), out var whole) ? whole : null;
    }

    /// <summary>The lines of nfc.txt.</summary>
    private sealed class Table
    {
        private readonly Dictionary<int, int> _classes = [];

        public Dictionary<int, int[]> Parts { get; } = [];

        public Dictionary<(int First, int Second), int> Whole { get; } = [];

        public int Class(int code) => _classes.GetValueOrDefault(code);

        public static Table Load()
        {
            var table = new Table();
            using var reader = new StreamReader(typeof(Nfc).Assembly.GetManifestResourceStream("nfc.txt")!);
            while (reader.ReadLine() is { } line)
                table.Read(line.Split(' '));
            return table;
        }

        private void Read(string[] words)
        {
            switch (words)
            {
                case ["#", ..]:
                    break;
                case ["C", var first, var last, var own]:
                    for (var code = Hex(first); code <= Hex(last); code++)
                        _classes[code] = int.Parse(own, CultureInfo.InvariantCulture);
                    break;
                case [var code, .. var parts, "!"]:
                    Parts[Hex(code)] = Array.ConvertAll(parts, Hex);
                    break;
                case [var code, var first, var second]:
                    Parts[Hex(code)] = [Hex(first), Hex(second)];
                    Whole[(Hex(first), Hex(second))] = Hex(code);
                    break;
            }
        }

        private static int Hex(string word) => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
