using TorchSharp;

namespace FineTune;

/// <summary>The one seam to what TorchSharp's API has no words for, with an answer for engines that lack it.</summary>
internal static class Compute
{
    /// <summary>The engine's name: what MSBuild's TorchEngine chose.</summary>
#if SYSTEM_ENGINE
    public const string EngineName = "system";
#else
    public const string EngineName = "TorchSharp";
#endif

    /// <summary>Makes the engine use <paramref name="threads"/> threads, or all cores for 0. libtorch by itself would use one.</summary>
    /// <exception cref="FineTuneException">No libtorch can be loaded.</exception>
    public static void Start(int threads)
    {
#if SYSTEM_ENGINE
        if (Torch.Engine.LoadError() is { } error)
            throw new FineTuneException(error);
#endif
        torch.set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
    }

#if SYSTEM_ENGINE
    /// <summary>Why the engine cannot be loaded, as one sentence; null where it can.</summary>
    public static string? LoadError() => Torch.Engine.LoadError();

    /// <summary>libtorch's own account of its build.</summary>
    public static string Configuration() => Torch.Engine.Configuration();

    /// <summary>libtorch's version and the file it was loaded from.</summary>
    public static (string Version, string? Path) Libtorch() => (Torch.Engine.LibtorchVersion, Torch.Engine.LibtorchPath());

    /// <summary>The files of BLAS libraries in use.</summary>
    public static IReadOnlyList<string> Blas() => Torch.Engine.BlasPaths();

    /// <summary>Whether <see cref="Autocast"/> can be asked for.</summary>
    public static bool HasAutocast => true;

    /// <summary>Until it is disposed, convolutions and matrix products of this thread compute in bfloat16.</summary>
    public static IDisposable Autocast(torch.Device device) => Torch.Engine.Autocast(device.type == DeviceType.CUDA);

    /// <summary>Images [N, C, H, W] with their channels innermost in memory.</summary>
    public static torch.Tensor ToChannelsLast(torch.Tensor images) => Torch.Engine.ToChannelsLast(images);
#else
    /// <summary>Why the engine cannot be loaded, as one sentence; null where it can.</summary>
    public static string? LoadError() => null;

    /// <summary>libtorch's own account of its build; TorchSharp does not tell.</summary>
    public static string Configuration() => string.Empty;

    /// <summary>libtorch's version and the file it was loaded from.</summary>
    public static (string Version, string? Path) Libtorch() => (torch.__version__, null);

    /// <summary>The files of BLAS libraries in use; TorchSharp's packages carry their own.</summary>
    public static IReadOnlyList<string> Blas() => [];

    /// <summary>Whether <see cref="Autocast"/> can be asked for.</summary>
    public static bool HasAutocast => false;

    /// <summary>TorchSharp has no autocast.</summary>
    public static IDisposable Autocast(torch.Device device) => throw new NotSupportedException();

    /// <summary>Images [N, C, H, W] with their channels innermost in memory.</summary>
    public static torch.Tensor ToChannelsLast(torch.Tensor images)
    {
        using var rows = images.permute(0, 2, 3, 1);
        using var packed = rows.contiguous();
        return packed.permute(0, 3, 1, 2);
    }
#endif
}
