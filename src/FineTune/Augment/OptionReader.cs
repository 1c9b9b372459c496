using System.Collections;
using System.Globalization;

namespace FineTune.Augment;

/// <summary>Reads a transform's options; an unknown one is answered with the nearest right one.</summary>
internal sealed class OptionReader
{
    private readonly AugmentTransform _transform;
    private readonly IReadOnlyDictionary<string, object?> _options;

    public OptionReader(AugmentTransform transform, IReadOnlyDictionary<string, object?> options)
    {
        (_transform, _options) = (transform, options);
        foreach (var name in options.Keys)
        {
            if (!transform.Options.Any(o => o.Name == name))
                throw Nearest.Unknown($"option of {transform.Name}", name, transform.Options.Select(o => o.Name));
        }
    }

    public double Number(string name, double otherwise)
    {
        var value = Value(name);
        return value is null ? otherwise : Parse(value) ?? throw Wrong(name, value, "a number");
    }

    public int Integer(string name, int otherwise)
    {
        var number = Number(name, otherwise);
        return number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Wrong(name, Value(name), "a whole number");
    }

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

    private static double? Parse(object? value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        bool or char => null,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };

    private object? Value(string name)
    {
        if (!_transform.Options.Any(o => o.Name == name))
            throw new InvalidOperationException($"'{name}' is not in the table of {_transform.Name}'s options.");
        return _options.GetValueOrDefault(name);
    }

    private FineTuneException Wrong(string name, object? value, string allowed)
    {
        var text = value is IEnumerable list and not string ? $"[{string.Join(", ", list.Cast<object?>())}]" : value?.ToString();
        return new FineTuneException($"The option {name} of {_transform.Name} is '{text}'; {allowed} is allowed.");
    }
}
