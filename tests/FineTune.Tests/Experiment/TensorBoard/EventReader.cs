using System.Buffers.Binary;
using System.Text;

namespace FineTune.Tests.Experiment.TensorBoard;

/// <summary>An event as a file holds it.</summary>
internal sealed record ReadEvent(
    double WallTime, long Step, string? FileVersion, long? SessionStatus, IReadOnlyList<(string Tag, float Value)> Scalars);

/// <summary>
/// Reads event files by the formats' documents: TFRecord framing, checksums bit by bit, protocol buffers field by field. It shares no
/// line with what writes them.
/// </summary>
internal static class EventReader
{
    public static IReadOnlyList<ReadEvent> Read(string path) => [.. Records(File.ReadAllBytes(path)).Select(Event)];

    /// <summary>
    /// What TensorBoard shows of a folder: files in the order of their names; a session's START forgets its step and all later ones.
    /// (tensorboard/backend/event_processing/plugin_event_accumulator.py, _MaybePurgeOrphanedData for brain.Event:2)
    /// </summary>
    public static IReadOnlyList<(string Tag, long Step, float Value)> Shown(string folder)
    {
        var shown = new List<(string Tag, long Step, float Value)>();
        foreach (var e in Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(Read))
        {
            if (e.SessionStatus == 1)
                shown.RemoveAll(s => s.Step >= e.Step);
            shown.AddRange(e.Scalars.Select(s => (s.Tag, e.Step, s.Value)));
        }

        return shown;
    }

    /// <summary>CRC-32C of bytes, one bit after another.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78u;
        }

        return crc ^ 0xFFFFFFFFu;
    }

    private static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Check(file, at, 8);
            Check(file, at + 12, length);
            records.Add(file[(at + 12)..(at + 12 + length)]);
            at += 12 + length + 4;
        }

        return records;
    }

    private static void Check(byte[] file, int at, int length)
    {
        var crc = Crc32C(file.AsSpan(at, length));
        var masked = ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
        if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + length)) != masked)
            throw new InvalidDataException($"The checksum of the {length} bytes at {at} is wrong.");
    }

    private static ReadEvent Event(byte[] bytes)
    {
        var fields = Fields(bytes);
        return new ReadEvent(
            BinaryPrimitives.ReadDoubleLittleEndian(fields.Single(f => f.Number == 1).Bytes),
            fields.Where(f => f.Number == 2).Select(f => (long)f.Value).SingleOrDefault(),
            fields.Where(f => f.Number == 3).Select(f => Encoding.UTF8.GetString(f.Bytes)).SingleOrDefault(),
            fields.Where(f => f.Number == 7).Select(f => (long?)Fields(f.Bytes).Single(g => g.Number == 1).Value).SingleOrDefault(),
            [.. fields.Where(f => f.Number == 5).SelectMany(f => Fields(f.Bytes)).Select(v => Scalar(v.Bytes))]);
    }

    private static (string Tag, float Value) Scalar(byte[] bytes)
    {
        var fields = Fields(bytes);
        return (Encoding.UTF8.GetString(fields.Single(f => f.Number == 1).Bytes),
            BinaryPrimitives.ReadSingleLittleEndian(fields.Single(f => f.Number == 2).Bytes));
    }

    private static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var (value, length) = (0UL, 0);
            switch (key & 7)
            {
                case 0: value = Varint(message, ref at); break;
                case 1: length = 8; break;
                case 2: length = (int)Varint(message, ref at); break;
                case 5: length = 4; break;
                default: throw new InvalidDataException($"Wire type {key & 7}.");
            }

            fields.Add(((int)(key >> 3), value, message[at..(at + length)]));
            at += length;
        }

        return fields;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var (value, shift) = (0UL, 0);
        byte b;
        do
        {
            b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        return value;
    }
}
