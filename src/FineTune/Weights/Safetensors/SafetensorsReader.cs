using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace FineTune.Weights;

/// <summary>
/// Reads safetensors: the header's length (uint64), a JSON header, the tensors' bytes. Every rule of the format is held: no
/// holes, no overlap, sizes that agree with type and shape, no duplicate names, nothing after the last tensor.
/// </summary>
internal static class SafetensorsReader
{
    private const int LengthBytes = 8;
    private const string MetadataKey = "__metadata__";

    /// <summary>True where the file may be one: after the length, JSON begins.</summary>
    public static bool Is(ReadOnlySpan<byte> start) =>
        start.Length > LengthBytes && start[LengthBytes..].TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    public static StateDict Read(WeightInput input)
    {
        var header = ReadHeader(input, out var dataStart);
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            return Read(input, json.RootElement, dataStart);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, escaped, has no text.
            throw input.Fail(
                e.Message.Contains("uplicate", StringComparison.Ordinal) ? "its header names a tensor twice" : "its header is not JSON", e);
        }
    }

    private static byte[] ReadHeader(WeightInput input, out long dataStart)
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(input.Read(0, LengthBytes, "the length of its header"));
        if (length > (ulong)input.Limits.MaxHeaderBytes)
            throw input.Fail($"its header has {length} bytes; at most {input.Limits.MaxHeaderBytes} are read");
        dataStart = LengthBytes + (long)length;
        var header = input.Read(LengthBytes, (long)length, "the end of its header");
        return Utf8.IsValid(header) ? header : throw input.Fail("its header is not UTF-8");
    }

    private static StateDict Read(WeightInput input, JsonElement header, long dataStart)
    {
        if (header.ValueKind != JsonValueKind.Object)
            throw input.Fail("its header is not a JSON object");
        var state = new StateDict();
        var parts = new List<Part>();
        foreach (var property in header.EnumerateObject())
        {
            if (property.Name == MetadataKey)
                ReadMetadata(input, property.Value, state);
            else
                parts.Add(ReadPart(input, property.Name, property.Value));
            if (input.Totals.Tensors + parts.Count > input.Limits.MaxTensors)
                throw input.Fail($"{input.Totals.Has} more than {input.Limits.MaxTensors} tensors");
        }

        if (parts.Count == 0)
            throw input.Fail("it holds no tensors");
        input.Totals.Tensors += parts.Count;
        CheckPlaces(input, parts, input.Length - dataStart);
        foreach (var part in parts)
            state.Add(part.Name, new TensorData(part.Type, part.Shape, Source(input, dataStart + part.Begin, part)));
        return state;
    }

    private static RowsSource Source(WeightInput input, long start, Part part)
    {
        if (part.Bytes > Array.MaxLength)
            throw input.Fail($"tensor '{part.Printable}' has {part.Bytes} bytes; at most {Array.MaxLength} are read in one piece");
        return new RowsSource(new StoredBytes(input, start, part.Bytes, $"the end of tensor '{part.Printable}'"), 0, part.Bytes);
    }

    private static void ReadMetadata(WeightInput input, JsonElement metadata, StateDict state)
    {
        if (metadata.ValueKind != JsonValueKind.Object || metadata.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
            throw input.Fail($"its {MetadataKey} is not a map of text to text");
        foreach (var property in metadata.EnumerateObject())
            state.Metadata[property.Name] = property.Value.GetString()!;
    }

    private static Part ReadPart(WeightInput input, string name, JsonElement value)
    {
        var shown = WeightException.Printable(name);
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() != 3
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shapeJson) || Longs(shapeJson, input.Limits.MaxDimensions) is not { } shape
            || !value.TryGetProperty("data_offsets", out var offsetsJson) || Longs(offsetsJson, 2) is not [var begin, var end])
        {
            throw input.Fail($"tensor '{shown}' is not described by a dtype, a shape of at most {input.Limits.MaxDimensions} sizes and two "
                + "data_offsets");
        }

        var typeName = dtype.GetString()!;
        if (TensorTypes.FromSafetensors(typeName) is not { } type)
        {
            throw input.Fail($"tensor '{shown}' is of type '{WeightException.Printable(typeName)}', which is not read; "
                + $"{string.Join(", ", Enum.GetValues<TensorType>().Select(t => t.SafetensorsName()))} are");
        }
        if (begin > end || Shapes.Bytes(type, shape) != end - begin)
        {
            throw input.Fail(
                $"tensor '{shown}' of type {typeName} and shape {Shapes.Text(shape)} does not fill its data_offsets {begin} to {end}");
        }
        return new Part(name, type, shape, begin, end);
    }

    /// <summary>In the order of their places, each tensor begins where the one before ends, and the last ends with the file.</summary>
    private static void CheckPlaces(WeightInput input, List<Part> parts, long dataBytes)
    {
        parts.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var end = 0L;
        foreach (var part in parts)
        {
            if (part.Begin != end)
            {
                throw input.Fail(part.Begin < end
                    ? $"tensor '{part.Printable}' shares bytes with another"
                    : $"{part.Begin - end} bytes before tensor '{part.Printable}' belong to no tensor");
            }
            end = part.End;
        }

        if (end > dataBytes)
            throw input.Truncated($"the end of its tensors, which need {end} bytes where {dataBytes} are there,");
        if (end < dataBytes)
            throw input.Fail($"{dataBytes - end} bytes follow its last tensor");
        input.Totals.TensorBytes += end;
        if (input.Totals.TensorBytes > input.Limits.MaxTotalBytes)
            throw input.Fail($"{input.Totals.Its} tensors take more than {input.Limits.MaxTotalBytes} bytes");
    }

    /// <summary>A list of at most <paramref name="max"/> integers of at least 0; else null.</summary>
    private static long[]? Longs(JsonElement value, int max)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > max)
            return null;
        var longs = new List<long>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
                return null;
            longs.Add(number);
        }

        return [.. longs];
    }

    private sealed record Part(string Name, TensorType Type, long[] Shape, long Begin, long End)
    {
        public long Bytes => End - Begin;

        public string Printable => WeightException.Printable(Name);
    }
}
