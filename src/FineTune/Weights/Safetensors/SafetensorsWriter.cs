using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace FineTune.Weights;

/// <summary>
/// Writes safetensors as its reference implementation does: wider types first, then by name, the header padded with spaces
/// so that the tensors begin at a multiple of 8 bytes.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes <paramref name="state"/> and its metadata to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FineTuneException">The disk is full, the folder cannot be written, or a tensor has a reserved name.</exception>
    public static void Write(string path, StateDict state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.ContainsKey("__metadata__"))
            throw new FineTuneException($"Cannot write '{path}': no tensor may be named '__metadata__' in safetensors.");
        var ordered = state.OrderByDescending(t => t.Value.Type.Size()).ThenBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, state.Metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in ordered)
                tensor.Scan(stream.Write);
        });
    }

    private static byte[] Header(KeyValuePair<string, TensorData>[] tensors, Dictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            var begin = 0L;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type.SafetensorsName());
                WriteLongs(json, "shape", tensor.Shape);
                WriteLongs(json, "data_offsets", [begin, begin + tensor.ByteCount]);
                json.WriteEndObject();
                begin += tensor.ByteCount;
            }

            json.WriteEndObject();
        }

        buffer.Write("       "u8[..(-buffer.WrittenCount & (Alignment - 1))]);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteLongs(Utf8JsonWriter json, string name, IReadOnlyList<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
