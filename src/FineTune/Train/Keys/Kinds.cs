using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace FineTune.Train.Keys;

/// <summary>The kinds of values that keys have.</summary>
internal static class Kinds
{
    /// <summary>A whole number.</summary>
    /// <param name="least">Allowed.</param>
    /// <param name="most">Allowed.</param>
    /// <param name="words">What is allowed, where that is more than a range.</param>
    public static KeyKind<long> Whole(long least, long most, string? words = null) => new WholeKind(least, most, words);

    /// <summary>A number.</summary>
    /// <param name="words">What is allowed.</param>
    /// <param name="holds">Whether a number is.</param>
    public static KeyKind<double> Number(string words, Func<double, bool> holds) => new NumberKind(words, holds);

    /// <summary>true or false.</summary>
    public static KeyKind<bool> Flag { get; } = new FlagKind();

    /// <summary>A text, checked where it is used.</summary>
    /// <param name="words">What is allowed.</param>
    /// <param name="mayBeEmpty">Whether an empty text is, which stands for none.</param>
    public static KeyKind<string?> Text(string words, bool mayBeEmpty = false) => new TextKind(words, mayBeEmpty);

    /// <summary>One of some words.</summary>
    public static KeyKind<string?> Word(params IReadOnlyList<string> words) =>
        new WordKind<string?>([.. words.Select(w => (w, (string?)w))]);

    /// <summary>One of some words, each for a value.</summary>
    public static KeyKind<T> Word<T>(params IReadOnlyList<(string Word, T Value)> words) => new WordKind<T>(words);

    /// <summary>A list of texts; one text stands for a list of one.</summary>
    public static KeyKind<IReadOnlyList<string>> Texts(string words) => new TextsKind(words);

    /// <summary>The same, or nothing.</summary>
    public static KeyKind<T?> Optional<T>(this KeyKind<T> kind)
        where T : struct => new OptionalKind<T>(kind);

    private static double? Parse(object value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        bool => null,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };

    private sealed class WholeKind(long least, long most, string? words) : KeyKind<long>
    {
        public override string Words => words ?? FormattableString.Invariant($"{least} to {most}");

        public override JsonObject Schema => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

        public override long Read(string key, object value)
        {
            if (value is long whole)
                return whole;
            if (Parse(value) is not { } number || number != Math.Floor(number))
                throw Refuse(key, $"'{OptionReader.Text(value)}'", "a whole number");
            return Math.Abs(number) < 1L << 53 ? (long)number : throw Refuse(key, OptionReader.Text(value), Words);
        }

        public override void Check(string key, long value)
        {
            if (value < least || value > most)
                throw Refuse(key, OptionReader.Text(value), Words);
        }
    }

    private sealed class NumberKind(string words, Func<double, bool> holds) : KeyKind<double>
    {
        public override string Words => words;

        public override JsonObject Schema => new() { ["type"] = "number" };

        public override double Read(string key, object value) =>
            Parse(value) ?? throw Refuse(key, $"'{OptionReader.Text(value)}'", "a number");

        public override void Check(string key, double value)
        {
            if (!holds(value))
                throw Refuse(key, OptionReader.Text(value), words);
        }
    }

    private sealed class FlagKind : KeyKind<bool>
    {
        public override string Words => "true or false";

        public override JsonObject Schema => new() { ["type"] = "boolean" };

        public override bool Read(string key, object value) => value switch
        {
            bool flag => flag,
            string text when bool.TryParse(text, out var flag) => flag,
            _ => throw Refuse(key, $"'{OptionReader.Text(value)}'", Words),
        };
    }

    private sealed class TextKind(string words, bool mayBeEmpty) : KeyKind<string?>
    {
        public override string Words => words;

        public override JsonObject Schema => new() { ["type"] = new JsonArray("string", "number") };

        public override string? Read(string key, object value) => value is string or long or double or bool
            ? OptionReader.Text(value)
            : throw Refuse(key, $"'{OptionReader.Text(value)}'", words);

        public override void Check(string key, string? value)
        {
            if (value is { Length: 0 } && !mayBeEmpty)
                throw Refuse(key, "''", words);
        }
    }

    private sealed class WordKind<T>(IReadOnlyList<(string Word, T Value)> words) : KeyKind<T>
    {
        public override string Words => string.Join(", ", words.Take(words.Count - 1).Select(w => w.Word)) + $" or {words[^1].Word}";

        public override JsonObject Schema => new() { ["enum"] = new JsonArray([.. words.Select(w => (JsonNode?)w.Word)]) };

        public override T Read(string key, object value) =>
            words.FirstOrDefault(w => w.Word == OptionReader.Text(value)) is { Word: not null } found ? found.Value : throw Unknown(
                key, OptionReader.Text(value));

        public override object? Write(T value) => words.Single(w => Equals(w.Value, value)).Word;

        public override void Check(string key, T value)
        {
            if (!words.Any(w => Equals(w.Value, value)))
                throw Unknown(key, OptionReader.Text(value));
        }

        private FineTuneException Unknown(string key, string word) =>
            Nearest.Unknown($"value of `{key}`:", word, words.Select(w => w.Word));
    }

    private sealed class TextsKind(string words) : KeyKind<IReadOnlyList<string>>
    {
        public override string Words => words;

        public override JsonObject Schema => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string" },
                new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }),
        };

        public override IReadOnlyList<string> Read(string key, object value) => value switch
        {
            string text => [text],
            IDictionary => throw Refuse(key, $"'{OptionReader.Text(value)}'", words),
            IEnumerable list => list.Cast<object?>().Select(OptionReader.Text).ToArray() is { Length: > 0 } texts ? texts : [],
            _ => [OptionReader.Text(value)],
        };

        public override object? Write(IReadOnlyList<string> value) => value.Cast<object?>().ToList();

        public override string Show(IReadOnlyList<string> value) => string.Join(", ", value);
    }

    private sealed class OptionalKind<T>(KeyKind<T> inner) : KeyKind<T?>
        where T : struct
    {
        public override string Words => inner.Words;

        public override JsonObject Schema => inner.Schema;

        public override T? Read(string key, object value) => inner.Read(key, value);

        public override object? Write(T? value) => value is { } given ? inner.Write(given) : null;

        public override void Check(string key, T? value)
        {
            if (value is { } given)
                inner.Check(key, given);
        }
    }
}
