using System.Runtime.InteropServices;

namespace FineTune.Engine;

/// <summary>The calls of the C library that .NET has no words for. Each caller asks first whether the system is one that has it.</summary>
internal static partial class LibC
{
    private const string Library = "libc";

    /// <summary>Sets a variable in the environment that native code sees; .NET's own environment is a copy of it.</summary>
    [LibraryImport(Library, EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Tunes glibc's allocator; 1 where it took the value.</summary>
    [LibraryImport(Library, EntryPoint = "mallopt")]
    public static partial int TuneAllocator(int parameter, int value);

    /// <summary>An open file that lies in memory alone, or -1.</summary>
    [LibraryImport(Library, EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(int file);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport(Library, EntryPoint = "write")]
    public static partial nint Write(int file, ReadOnlySpan<byte> bytes, nint count);

    /// <summary>What a process may have of a resource; 0 where it is known.</summary>
    [LibraryImport(Library, EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, out Limit limit);

    /// <summary>getrlimit's answer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>Ends the process at once: nothing is flushed, no thread is waited for.</summary>
    [LibraryImport(Library, EntryPoint = "_exit")]
    public static partial void ExitNow(int code);

    /// <summary>sysconf's name for the number of processors on Linux, whatever this process is bound to.</summary>
    public const int CoresOnline = 84;

    /// <summary>A value of the system.</summary>
    [LibraryImport(Library, EntryPoint = "sysconf")]
    public static partial long SystemValue(int name);

    /// <summary>Linux's statx.</summary>
    [LibraryImport(Library, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatusX(int folder, string path, int flags, uint mask, Span<byte> status);

    /// <summary>Darwin's stat on Apple's processors.</summary>
    [LibraryImport(Library, EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(string path, Span<byte> status);

    /// <summary>Darwin's stat on Intel's.</summary>
    [LibraryImport(Library, EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status64(string path, Span<byte> status);
}
