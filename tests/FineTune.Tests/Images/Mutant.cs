namespace FineTune.Tests.Images;

/// <summary>A file with a few bytes changed, cut out or repeated.</summary>
internal static class Mutant
{
    public static byte[] Of(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            // Headers are where the traps are: half of the edits fall into the first 64 bytes.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(64, bytes.Length) : bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(4, bytes.Length - at)).Fill((byte)(random.Next(2) * 255));
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 16))..], 0];
                    break;
                default:
                    bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
                    if (bytes.Length == 0)
                        bytes = [0];
                    break;
            }
        }

        return bytes;
    }
}
