namespace FineTune.Engine;

/// <summary>
/// Activations are tens of megabytes and live for one step: by default glibc maps each afresh, and every page of it faults
/// again. Keeping freed memory in the process takes that away (about 10% of a ResNet-18 step). Other C libraries keep their defaults.
/// </summary>
internal static class NativeMemory
{
    /// <summary>Tells the allocator to keep what is freed.</summary>
    public static void KeepFreed()
    {
        const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3, MmapMax = -4; // malloc.h
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = LibC.TuneAllocator(MmapThreshold, 1 << 25); // glibc's upper bound; larger values are refused
            _ = LibC.TuneAllocator(MmapMax, 0);
            _ = LibC.TuneAllocator(TrimThreshold, -1);
            _ = LibC.TuneAllocator(TopPad, 1 << 26);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no mallopt
        }
    }
}
