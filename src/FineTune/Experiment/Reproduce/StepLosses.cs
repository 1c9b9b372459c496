using System.Buffers.Binary;
using System.Text;
using FineTune.Train;

namespace FineTune.Experiment.Reproduce;

/// <summary>The loss of each step of a run, from its event files: what the last session that took a step said.</summary>
internal static class StepLosses
{
    private const int RecordHeader = sizeof(ulong) + sizeof(uint), RecordEnd = sizeof(uint), MostRecord = 1 << 20;
    private const int Step = 2, Summary = 5, Value = 1, Tag = 1, Simple = 2; // field numbers of event.proto and summary.proto

    /// <summary>Loss by step; what is cut off at the end of a killed run's file is left out.</summary>
    /// <exception cref="FineTuneException">A file cannot be read.</exception>
    public static SortedDictionary<long, float> Of(RunFolder folder)
    {
        var losses = new SortedDictionary<long, float>();
        if (!Directory.Exists(folder.TensorBoard))
            return losses;
        foreach (var file in Directory.GetFiles(folder.TensorBoard, "events.out.tfevents.*").Order(StringComparer.Ordinal))
        {
            foreach (var (step, loss) in In(file))
                losses[step] = loss;
        }

        return losses;
    }

    /// <summary>The first step whose losses differ, or that one of two runs has not; null where all are the same.</summary>
    public static long? FirstDifference(SortedDictionary<long, float> a, SortedDictionary<long, float> b)
    {
        foreach (var step in a.Keys.Union(b.Keys).Order())
        {
            var (inA, inB) = (a.TryGetValue(step, out var x), b.TryGetValue(step, out var y));
            if (inA != inB || BitConverter.SingleToInt32Bits(x) != BitConverter.SingleToInt32Bits(y))
                return step;
        }

        return null;
    }

    private static IEnumerable<(long Step, float Loss)> In(string file)
    {
        byte[] bytes;
        try
        {
            bytes = RegularFile.Bytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{file}' cannot be read: {RegularFile.Reason(file, e)}.", e);
        }

        for (var at = 0; at + RecordHeader <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            if (length > MostRecord || at + RecordHeader + (int)length + RecordEnd > bytes.Length)
                yield break;
            if (LossOf(bytes.AsSpan(at + RecordHeader, (int)length)) is { } found)
                yield return found;
            at += RecordHeader + (int)length + RecordEnd;
        }
    }

    private static (long, float)? LossOf(ReadOnlySpan<byte> message)
    {
        var (step, loss) = (0L, (float?)null);
        foreach (var (field, number, part) in Fields(message))
        {
            if (field == Step)
                step = (long)number;
            else if (field == Summary)
                loss = Fields(part).Where(f => f.Field == Value).Select(f => Scalar(f.Part)).FirstOrDefault(v => v is not null) ?? loss;
        }

        return loss is { } found ? (step, found) : null;
    }

    private static float? Scalar(byte[] message)
    {
        var fields = Fields(message);
        return fields.Any(f => f.Field == Tag && Encoding.UTF8.GetString(f.Part) == "step/loss")
            ? fields.Where(f => f.Field == Simple).Select(f => BitConverter.UInt32BitsToSingle((uint)f.Number)).FirstOrDefault()
            : null;
    }

    /// <summary>The fields of a message: a number, or bytes; none from where it is not one.</summary>
    private static List<(int Field, ulong Number, byte[] Part)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var (number, part) = (0UL, Array.Empty<byte>());
            switch (tag & 7)
            {
                case 0:
                    number = Varint(message, ref at);
                    break;
                case 1 when at + sizeof(ulong) <= message.Length:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(message[at..]);
                    at += sizeof(ulong);
                    break;
                case 2 when Varint(message, ref at) is var length && length <= (ulong)(message.Length - at):
                    part = message.Slice(at, (int)length).ToArray();
                    at += (int)length;
                    break;
                case 5 when at + sizeof(uint) <= message.Length:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);
                    at += sizeof(uint);
                    break;
                default:
                    return fields;
            }

            fields.Add(((int)(tag >> 3), number, part));
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; at < message.Length && shift < 64; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                break;
        }

        return value;
    }
}
