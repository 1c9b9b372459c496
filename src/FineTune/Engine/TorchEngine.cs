using TorchSharp;

namespace FineTune.Engine;

/// <summary>
/// TorchSharp's engine, libtorch: loaded where TorchSharp alone would not find or not load it, and set up. Every entry of this library
/// loads it by itself; an application that calls TorchSharp first calls <see cref="Load"/> before.
/// </summary>
public static class TorchEngine
{
    /// <summary>The libtorch that TorchSharp's library is built for; another minor version is refused.</summary>
    public const string LibtorchWanted = "2.10.0";

    private static int _cores = Environment.ProcessorCount;

    private static readonly Lazy<nint> Loaded = new(() =>
    {
        WaitPolicy.WaitBriefly();
        NativeMemory.KeepFreed();
        var library = LibtorchLoader.Load();
        LibtorchContext.Set(library, LibtorchContext.Nnpack, on: false);
        if (IsWithoutOneDnn)
            LibtorchContext.Set(library, LibtorchContext.OneDnn, on: false);
        return library;
    });

    /// <summary>TorchSharp's version, such as 0.107.0.</summary>
    public static string TorchSharpVersion { get; } = typeof(torch).Assembly.GetName().Version!.ToString(3);

    /// <summary>libtorch's version, such as 2.10.0.</summary>
    public static string LibtorchVersion => LibtorchText.Version(Handle) ?? LibtorchWanted;

    /// <summary>
    /// Whether oneDNN is off: FINETUNE_ONEDNN=off turns it off, where it would end the process (<see cref="CacheTopology"/>).
    /// </summary>
    internal static bool IsWithoutOneDnn { get; } = Environment.GetEnvironmentVariable("FINETUNE_ONEDNN") == "off";

    /// <summary>TorchSharp and its version: what a manifest keeps.</summary>
    internal static string Name => $"TorchSharp {TorchSharpVersion}";

    /// <summary>The file that libtorch was loaded from; null where the system does not tell.</summary>
    internal static string? LibtorchFile => LibtorchLoader.LoadedFile("libtorch_cpu");

    /// <summary>libtorch's own account of its build, one fact a line; empty where it does not tell.</summary>
    internal static string Configuration => LibtorchText.Configuration(Handle) ?? string.Empty;

    /// <summary>The widest instructions that libtorch's own kernels use here, such as AVX512; null where it does not tell.</summary>
    internal static string? Capability => LibtorchText.Capability(Handle);

    /// <summary>libtorch_cpu's handle; 0 where TorchSharp loads it itself.</summary>
    internal static nint Handle => Loaded.Value;

    /// <summary>Loads libtorch and TorchSharp's native library. Does nothing the second time.</summary>
    /// <exception cref="FineTuneException">There is none, or it cannot be loaded: one sentence says what to do.</exception>
    public static void Load() => _ = Handle;

    /// <summary>Threads at most: with thousands the engine takes minutes to begin, with tens of thousands it overflows its stack.</summary>
    internal const int MostThreads = 1024;

    /// <summary>Which of the processes of a run this is on its machine, from 0: its GPU.</summary>
    internal static int LocalRank { get; private set; }

    /// <summary>Where several processes of a run share a machine, 0 threads are this one's part of its cores.</summary>
    /// <param name="rank">Which of them this is.</param>
    /// <param name="processes">How many they are. One that was bound to some cores has these.</param>
    internal static void ShareMachine(int rank, int processes)
    {
        LocalRank = rank;
        var all = OperatingSystem.IsLinux() ? (int)LibC.SystemValue(LibC.CoresOnline) : Environment.ProcessorCount;
        _cores = Math.Max(1, Math.Min(Environment.ProcessorCount, all / Math.Max(1, processes)));
    }

    /// <summary>Loads it and makes it use <paramref name="threads"/> threads, or all cores for 0.</summary>
    /// <exception cref="FineTuneException">As for <see cref="Load"/>; or there are more than 1024, or fewer than 0, threads.</exception>
    public static void Start(int threads)
    {
        if (threads is < 0 or > MostThreads)
            throw new FineTuneException($"The engine is to use {threads} threads; 0 for all cores, or 1 to {MostThreads}, is allowed.");
        Load();
#pragma warning disable RS0030 // checked here
        torch.set_num_threads(threads > 0 ? threads : _cores);
#pragma warning restore RS0030
    }

    /// <summary>Why it cannot be loaded, as one sentence; null where it can.</summary>
    internal static string? LoadError()
    {
        try
        {
            Load();
            return null;
        }
        catch (FineTuneException e)
        {
            return e.Message;
        }
    }

    /// <summary>Images [N, C, H, W] with their channels innermost in memory, as convolutions prefer it; the shape stays.</summary>
    internal static torch.Tensor ToChannelsLast(torch.Tensor images)
    {
        using var rows = images.permute(0, 2, 3, 1);
        using var packed = rows.contiguous();
        return packed.permute(0, 3, 1, 2);
    }
}
