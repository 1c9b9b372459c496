using System.Collections;
using System.Globalization;

namespace FineTune;

/// <summary>Reads the options of a registry's row; an unknown one is answered with the nearest right one.</summary>
internal sealed class OptionReader
{
    private readonly string _owner;
    private readonly IReadOnlyList<OptionInfo> _table;
    private readonly IReadOnlyDictionary<string, object?> _options;

    /// <summary>Checks that the table has every option.</summary>
    /// <exception cref="FineTuneException">It lacks one.</exception>
    public OptionReader(string owner, IReadOnlyList<OptionInfo> table, IReadOnlyDictionary<string, object?> options)
    {
        (_owner, _table, _options) = (owner, table, options);
        foreach (var name in options.Keys)
        {
            if (!table.Any(o => o.Name == name))
                throw Nearest.Unknown($"option of {owner}", name, table.Select(o => o.Name));
        }
    }

    public double Number(string name, double otherwise)
    {
        var value = Value(name);
        return value is null ? otherwise : Parse(value) ?? throw Wrong(name, value, "a number");
    }

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>, both allowed.</summary>
    public double Within(string name, double otherwise, double min, double max)
    {
        var number = Number(name, otherwise);
        return number >= min && number <= max && double.IsFinite(number) ? number : throw Wrong(
            name, number, double.IsFinite(max) ? $"{min} to {max}" : $"a number of at least {min}");
    }

    /// <summary>A number from 0 to below <paramref name="end"/>.</summary>
    public double Below(string name, double otherwise, double end)
    {
        var number = Number(name, otherwise);
        return number >= 0 && number < end ? number : throw Wrong(name, number, $"0 to below {Text(end)}");
    }

    public int Integer(string name, int otherwise)
    {
        var value = Value(name);
        if (value is null)
            return otherwise;
        return Parse(value) is { } number && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Wrong(
            name, value, "a whole number");
    }

    public bool Flag(string name, bool otherwise) => Value(name) switch
    {
        null => otherwise,
        bool flag => flag,
        string text when bool.TryParse(text, out var flag) => flag,
        var other => throw Wrong(name, other, "true or false"),
    };

    /// <summary>A text as it stands; numbers are written as text.</summary>
    public string? Words(string name) => Value(name) is { } value ? Text(value) : null;

    /// <summary>A list of texts; one text stands for a list of one.</summary>
    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> otherwise) => Value(name) switch
    {
        null => otherwise,
        string text => [text],
        IEnumerable list => [.. list.Cast<object?>().Select(Text)],
        var one => [Text(one)],
    };

    public Interval Range(string name, Interval otherwise)
    {
        var value = Value(name);
        if (value is null)
            return otherwise;
        object?[] ends = value switch
        {
            Interval interval => [interval.Low, interval.High],
            string text => text.Split("..", StringSplitOptions.TrimEntries),
            IEnumerable list => [.. list.Cast<object?>()],
            _ => [],
        };
        return ends.Length == 2 && Parse(ends[0]) is { } low && Parse(ends[1]) is { } high
            ? new Interval(low, high)
            : throw Wrong(name, value, "two numbers, as in [0.08, 1]");
    }

    /// <summary>A list of maps; empty where the option is left out.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Maps(string name) => Value(name) switch
    {
        null => [],
        IEnumerable list and not string =>
            [.. list.Cast<object?>().Select(m => m as IReadOnlyDictionary<string, object?> ?? throw Wrong(name, m, "a list of maps"))],
        var other => throw Wrong(name, other, "a list of maps"),
    };

    internal static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable<KeyValuePair<string, object?>> map => $"{{ {string.Join(", ", map.Select(e => $"{e.Key}: {Text(e.Value)}"))} }}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static double? Parse(object? value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        bool or char => null,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };

    private object? Value(string name)
    {
        if (!_table.Any(o => o.Name == name))
            throw new InvalidOperationException($"'{name}' is not in the table of {_owner}'s options.");
        return _options.GetValueOrDefault(name);
    }

    private FineTuneException Wrong(string name, object? value, string allowed) =>
        new($"The option {name} of {_owner} is '{Text(value)}'; {allowed} is allowed.");
}
