using System.Text.Json;
using System.Text.Unicode;

namespace FineTune.Weights;

/// <summary>
/// The index of weights in several files, as Hugging Face's libraries write it: a weight_map from each tensor to the file that has it,
/// and metadata.
/// </summary>
internal sealed class ShardIndex
{
    private const string MapKey = "weight_map", MetadataKey = "metadata";
    private readonly WeightInput _input;
    private readonly OrderedDictionary<string, string> _shards = new(StringComparer.Ordinal);

    private ShardIndex(WeightInput input) => _input = input;

    /// <summary>The file name of each tensor's shard, in the index's order.</summary>
    public IReadOnlyDictionary<string, string> Shards => _shards;

    /// <summary>Words and numbers that stand in the metadata.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public static ShardIndex Read(WeightInput input)
    {
        if (input.Length > input.Limits.MaxIndexBytes)
            throw input.Fail($"it is an index of {input.Length} bytes; at most {input.Limits.MaxIndexBytes} are read");
        var text = input.Read(0, input.Length, "its end");
        if (!Utf8.IsValid(text))
            throw input.Fail("it is an index that is not UTF-8");
        var index = new ShardIndex(input);
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            index.Read(json.RootElement);
            return index;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, escaped, has no text.
            var twice = e.Message.Contains("uplicate", StringComparison.Ordinal);
            throw input.Fail(twice ? "it is an index that has an entry twice" : "it is no valid JSON", e);
        }
    }

    private void Read(JsonElement json)
    {
        if (!json.TryGetProperty(MapKey, out var map))
            throw _input.Fail($"it is JSON, but no index of shards: it has no {MapKey}");
        foreach (var part in json.EnumerateObject())
        {
            if (part.Name is not (MapKey or MetadataKey))
                throw _input.Fail($"its entry '{WeightException.Printable(part.Name)}' is neither {MapKey} nor {MetadataKey}");
        }

        ReadMap(map);
        if (json.TryGetProperty(MetadataKey, out var metadata))
            ReadMetadata(metadata);
    }

    private void ReadMap(JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object || map.EnumerateObject().Any(t => t.Value.ValueKind != JsonValueKind.String))
            throw _input.Fail($"its {MapKey} is not a map of tensors to file names");
        var limits = _input.Limits;
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in map.EnumerateObject())
        {
            var file = tensor.Value.GetString()!;
            if (files.Add(file) && !IsPlainName(file))
                throw _input.Fail($"its shard '{WeightException.Printable(file)}' is not the name of a file beside it");
            if (files.Count > limits.MaxShards)
                throw _input.Fail($"it has more than {limits.MaxShards} shards");
            _shards.Add(tensor.Name, file);
            if (_shards.Count > limits.MaxTensors)
                throw _input.Fail($"it has more than {limits.MaxTensors} tensors");
        }

        if (_shards.Count == 0)
            throw _input.Fail("it is an index of no tensors");
    }

    private void ReadMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object)
            throw _input.Fail($"its {MetadataKey} is not a map");
        foreach (var (name, value) in metadata.EnumerateObject().Select(p => (p.Name, p.Value)))
        {
            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                Metadata[name] = value.ToString();
        }

        if (!metadata.TryGetProperty("total_size", out var size))
            return;
        // A whole number; older tools wrote it as a floating-point number.
        if (size.ValueKind != JsonValueKind.Number || !size.TryGetDouble(out var bytes) || bytes < 0 || bytes != Math.Floor(bytes))
            throw _input.Fail("its total_size is not a number of bytes");
        if (bytes > _input.Limits.MaxTotalBytes)
        {
            var shown = WeightException.Printable(size.ToString());
            throw _input.Fail($"its total_size is {shown} bytes; at most {_input.Limits.MaxTotalBytes} are read");
        }
    }

    private static bool IsPlainName(string name) =>
        name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny("/\\:") && !name.Any(char.IsControl);
}
