using System.Text.Json;

namespace FineTune;

/// <summary>Why a JSON file cannot be read, for a sentence; .NET's own messages speak of its types.</summary>
internal static class JsonReason
{
    /// <summary>A clause without a full stop.</summary>
    /// <param name="e">What reading it ended in.</param>
    public static string Of(Exception e) => e switch
    {
        JsonException { LineNumber: { } line, BytePositionInLine: { } at } =>
            FormattableString.Invariant($"it is not the JSON that was written (line {line + 1}, byte {at + 1})"),
        JsonException => "it is not the JSON that was written",
        IOException or UnauthorizedAccessException => e.Message.TrimEnd('.'),
        _ => "a value in it is missing, or of another kind",
    };
}
