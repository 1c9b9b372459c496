using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FineTune.Weights;

/// <summary>
/// A name of a state dict with numbers in it, such as "features.{2k+1}.{b}.block.0": it stands for the module or tensor of that name and
/// for all below it. A number is written {k}, {2k} or {2k+1}, with one letter; where a letter comes twice, both have to be the same.
/// </summary>
internal sealed partial class KeyTemplate
{
    private readonly List<(string Text, Number? Number)> _parts = [];
    private readonly Regex _pattern;

    /// <summary>Reads a template.</summary>
    public KeyTemplate(string text)
    {
        var pattern = new StringBuilder("^");
        var at = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            Literal(text[at..match.Index]);
            _parts.Add((string.Empty, new Number(match)));
            pattern.Append("([0-9]+)");
            at = match.Index + match.Length;
        }

        Literal(text[at..]);
        _pattern = new Regex(pattern.Append(@"(?=\.|$)").ToString(), RegexOptions.CultureInvariant);

        void Literal(string literal)
        {
            _parts.Add((literal, null));
            pattern.Append(Regex.Escape(literal));
        }
    }

    /// <summary>The numbers by their letters, and what follows the template; null where the name is not one of it.</summary>
    public (IReadOnlyDictionary<char, int> Numbers, string Below)? Match(string name)
    {
        var match = _pattern.Match(name);
        if (!match.Success)
            return null;
        var numbers = new Dictionary<char, int>();
        foreach (var (number, group) in _parts.Select(p => p.Number).OfType<Number>().Zip(match.Groups.Values.Skip(1)))
        {
            if (number.Solve(group.Value) is not { } value || (numbers.TryGetValue(number.Letter, out var other) && other != value))
                return null;
            numbers[number.Letter] = value;
        }

        return (numbers, name[match.Length..]);
    }

    /// <summary>The name for these numbers.</summary>
    public string Fill(IReadOnlyDictionary<char, int> numbers) =>
        string.Concat(_parts.Select(p => p.Number is { } n ? n.Of(numbers[n.Letter]).ToString(CultureInfo.InvariantCulture) : p.Text));

    [GeneratedRegex(@"\{(?<factor>[0-9]*)(?<letter>[a-z])(?:\+(?<offset>[0-9]+))?\}")]
    private static partial Regex Placeholder();

    /// <summary>factor x letter + offset.</summary>
    private sealed record Number(int Factor, char Letter, int Offset)
    {
        public Number(Match match)
            : this(Parse(match, "factor", 1), match.Groups["letter"].Value[0], Parse(match, "offset", 0))
        {
        }

        public int Of(int value) => (Factor * value) + Offset;

        public int? Solve(string digits) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= Offset && (n - Offset) % Factor == 0
                ? (n - Offset) / Factor
                : null;

        private static int Parse(Match match, string group, int otherwise) =>
            match.Groups[group] is { Length: > 0 } digits ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : otherwise;
    }
}
