using System.Buffers.Binary;

namespace FineTune.Weights;

/// <summary>
/// The checksum of zip entries (ISO 3309, reflected polynomial EDB88320), eight bytes a turn by Intel's slicing tables.
/// .NET's zip reader does not check it.
/// </summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of <paramref name="bytes"/>, going on from <paramref name="previous"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint previous = 0)
    {
        var t = Tables;
        var crc = ~previous;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][low & 255] ^ t[6][(low >> 8) & 255] ^ t[5][(low >> 16) & 255] ^ t[4][low >> 24]
                ^ t[3][high & 255] ^ t[2][(high >> 8) & 255] ^ t[1][(high >> 16) & 255] ^ t[0][high >> 24];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            crc = (crc >> 8) ^ t[0][(crc ^ b) & 255];
        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var k = 0; k < 8; k++)
        {
            tables[k] = new uint[256];
            for (var i = 0u; i < 256; i++)
            {
                var c = k == 0 ? i : tables[k - 1][i];
                for (var bit = 0; bit < (k == 0 ? 8 : 0); bit++)
                    c = (c >> 1) ^ ((c & 1) * 0xEDB88320u);
                tables[k][i] = k == 0 ? c : (c >> 8) ^ tables[0][c & 255];
            }
        }

        return tables;
    }
}
