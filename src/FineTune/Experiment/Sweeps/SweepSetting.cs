using System.Text.Encodings.Web;
using System.Text.Json;
using FineTune.Train.Keys;

namespace FineTune.Experiment.Sweeps;

/// <summary>A key and its value as --set has them; maps and lists as JSON, which is YAML on one line.</summary>
internal static class SweepSetting
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>key=value. A path of a file that is there becomes a full one: runs may be trained from another folder.</summary>
    public static string Of(string key, object? value) => $"{key}={Value(Located(key, value))}";

    /// <summary>The value of a key that says where something lies, wherever it is read from.</summary>
    public static object? Located(string key, object? value) =>
        value is string path && path.Length > 0 && RecipeKeys.All.Any(k => k.Name == key && k.Effect == KeyEffect.Place)
            && (Path.Exists(path) || key == "cache_folder")
            ? Path.GetFullPath(path)
            : value;

    /// <summary>Whether YAML reads a text as itself without quotes.</summary>
    private static bool IsPlain(string word) => word.Length > 0 && char.IsAsciiLetter(word[0])
        && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') && word is not ("true" or "false" or "null");

    private static string Value(object? value) => value switch
    {
        double number => OptionReader.Text(number),
        string word when IsPlain(word) => word,
        _ => JsonSerializer.Serialize(value, Plain),
    };
}
