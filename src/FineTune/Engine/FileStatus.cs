using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FineTune.Engine;

/// <summary>What the system says of a path, links followed, without opening it: a pipe that nobody writes to is no obstacle.</summary>
/// <param name="Kind">The type bits of st_mode.</param>
/// <param name="Device">The file system that it is on.</param>
/// <param name="Number">Its number there (st_ino).</param>
internal readonly record struct FileStatus(int Kind, ulong Device, ulong Number)
{
    private const int KindMask = 0xF000;
    private const int Pipe = 0x1000, CharacterDevice = 0x2000, Folder = 0x4000, BlockDevice = 0x6000, Regular = 0x8000, Socket = 0xC000;

    /// <summary>Why it is not opened, as the name of what it is; null for a regular file or a folder.</summary>
    public string? NotRegular => Kind switch
    {
        Regular or Folder => null,
        Pipe => "a pipe",
        CharacterDevice or BlockDevice => "a device",
        Socket => "a socket",
        _ => "something else",
    };

    /// <summary>The status; null where there is no such path, or the system has no such call.</summary>
    public static FileStatus? Of(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? OnLinux(path) : OperatingSystem.IsMacOS() ? OnMac(path) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>struct statx of linux/stat.h, the same on every processor.</summary>
    private static FileStatus? OnLinux(string path)
    {
        const int Here = -100; // AT_FDCWD
        const uint Basic = 0x7FF; // STATX_BASIC_STATS
        Span<byte> status = stackalloc byte[256];
        if (LibC.StatusX(Here, path, 0, Basic, status) != 0)
            return null;
        var device = ((ulong)Word(status[136..]) << 32) | Word(status[140..]);
        return new FileStatus(Half(status[28..]) & KindMask, device, Long(status[32..]));
    }

    /// <summary>struct stat of Darwin with 64-bit numbers.</summary>
    private static FileStatus? OnMac(string path)
    {
        Span<byte> status = stackalloc byte[256];
        var result = RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? LibC.Status64(path, status)
            : LibC.Status(path, status);
        return result == 0 ? new FileStatus(Half(status[4..]) & KindMask, Word(status), Long(status[8..])) : null;
    }

    private static ushort Half(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong Long(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
