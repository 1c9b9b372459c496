using System.Text.Json.Serialization;

namespace FineTune.Images;

/// <summary>How a resize weighs the pixels around a point; both antialiased, as Pillow does them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Interpolation>))]
public enum Interpolation
{
    /// <summary>A triangle, one target pixel to each side.</summary>
    [JsonStringEnumMemberName("bilinear")]
    Bilinear,

    /// <summary>A cubic with a = -0.5 (Keys 1981), two target pixels to each side; its outer weights are negative.</summary>
    [JsonStringEnumMemberName("bicubic")]
    Bicubic,
}

/// <summary>Its words.</summary>
public static class Interpolations
{
    /// <summary>As cards and exported files have it.</summary>
    public static string Word(this Interpolation interpolation) => interpolation == Interpolation.Bicubic ? "bicubic" : "bilinear";
}
