using TorchSharp;

namespace FineTune.Engine;

/// <summary>The engine's generators. TorchSharp's manual_seed reaches the CPU's alone, where PyTorch's reaches CUDA's too.</summary>
internal static class Seeding
{
    private static readonly Lazy<bool> HasCuda = new(torch.cuda.is_available);

    /// <summary>Seeds all of them.</summary>
    public static void Seed(long seed)
    {
#pragma warning disable RS0030 // the one place for it
        torch.manual_seed(seed).Dispose();
#pragma warning restore RS0030
        if (HasCuda.Value)
            torch.cuda.manual_seed_all(seed);
    }
}
