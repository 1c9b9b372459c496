using System.Runtime.InteropServices;

namespace FineTune.Tests.Train;

/// <summary>
/// Bytes that native code holds, by glibc's own account of all its arenas: exact, where a process's resident memory also moves with the
/// collector's heap and with what earlier tests gave back.
/// </summary>
internal static class NativeMemory
{
    public static long InUse
    {
        get
        {
            var info = Info();
            return (long)(info.MappedBytes + info.UsedBytes);
        }
    }

    [DllImport("libc", EntryPoint = "mallinfo2")]
    private static extern Account Info();

    [StructLayout(LayoutKind.Sequential)]
    private struct Account // struct mallinfo2: ten of size_t
    {
        public nuint Arena, FreeChunks, FastChunks, MappedRegions, MappedBytes, Unused, FastBytes, UsedBytes, FreeBytes, Releasable;
    }
}
