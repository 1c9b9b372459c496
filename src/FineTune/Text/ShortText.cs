namespace FineTune;

/// <summary>Names that fit into a table.</summary>
internal static class ShortText
{
    /// <summary>A text of at most some characters: a longer one has an ellipsis in its middle.</summary>
    /// <param name="text">Such as a class name.</param>
    /// <param name="most">How many characters fit.</param>
    public static string Of(string text, int most = 40)
    {
        if (text.Length <= most)
            return text;
        var head = most / 2;
        var tail = text.Length - ((most - 1) / 2);
        if (char.IsLowSurrogate(text[head]))
            head--; // half a character is none
        if (char.IsLowSurrogate(text[tail]))
            tail++;
        return $"{text[..head]}…{text[tail..]}";
    }
}
