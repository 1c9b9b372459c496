namespace FineTune;

/// <summary>
/// What an input may be in pixels, wherever the number comes from: a recipe, a card, a weights file's metadata, a transform's option.
/// </summary>
internal static class InputBounds
{
    /// <summary>The least side of an input, and of a resize before it.</summary>
    public const int LeastSide = 8;

    /// <summary>The largest side of an input.</summary>
    public const int MostSide = 4096;

    /// <summary>The largest shorter side to resize to.</summary>
    public const int MostResize = 8192;

    /// <summary>What a resize may be, for messages.</summary>
    public static string ResizeWords { get; } = FormattableString.Invariant($"0 (images as they are) or {LeastSide} to {MostResize}");
}
