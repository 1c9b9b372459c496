using System.Runtime.Intrinsics.X86;

namespace FineTune.Engine;

/// <summary>What the processor tells of its caches.</summary>
internal static class CacheTopology
{
    /// <summary>
    /// Whether an AMD processor tells nothing of its caches, as some virtual machines have it. oneDNN 3.7 then divides by zero in some
    /// convolutions, such as those of ResNet-50 in training, which ends the process (SIGFPE).
    /// </summary>
    public static bool IsHidden { get; } = X86Base.IsSupported && Hides(X86Base.CpuId);

    /// <summary>The same for what cpuid answers.</summary>
    /// <param name="cpuid">From a leaf and a subleaf to eax, ebx, ecx, edx.</param>
    internal static bool Hides(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuid)
    {
        const int Vendor = 0x444D4163, Extended = unchecked((int)0x80000000), Caches = unchecked((int)0x8000001D), Kind = 0x1F; // "cAMD"
        return cpuid(0, 0).Ecx == Vendor && (cpuid(Extended, 0).Eax < Caches || (cpuid(Caches, 0).Eax & Kind) == 0);
    }
}
