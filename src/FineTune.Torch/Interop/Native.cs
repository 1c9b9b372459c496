using System.Reflection;
using System.Runtime.InteropServices;

namespace FineTune.Torch;

/// <summary>The C ABI of native/*.cpp.</summary>
internal static unsafe partial class Native
{
    private const string Library = "finetune_torch";

    /// <summary>What to do where no libtorch is found; native/CMakeLists.txt says the same.</summary>
    internal const string Missing =
        "No libtorch was found; provide one of: the distribution's package (Debian: apt install libtorch-dev), an unpacked libtorch " +
        "named by FINETUNE_LIBTORCH=DIR, or a Python installation of torch by FINETUNE_LIBTORCH=python; then build again.";

    private static readonly Lock Loading = new();
    private static nint _library;

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    /// <summary>The native half cannot be loaded: the sentence that says how to provide libtorch. Null where all is well.</summary>
    public static string? LoadError()
    {
        try
        {
            _ = Version();
            return null;
        }
        catch (DllNotFoundException e)
        {
            return e.Message;
        }
    }

    /// <summary>The message of the last failure on this thread, as the exception TorchSharp throws.</summary>
    public static ExternalException Error() => new(Marshal.PtrToStringUTF8(LastError()) ?? "libtorch failed without a message");

    public static void Check(int status)
    {
        if (status < 0)
            throw Error();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        lock (Loading)
        {
            if (_library != 0)
                return _library;
            WaitBriefly();
            var beside = Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so");
            if (!NativeLibrary.TryLoad(beside, out var handle) && !NativeLibrary.TryLoad(name, assembly, path, out handle))
                throw new DllNotFoundException(Missing);
            ((delegate* unmanaged<void>)NativeLibrary.GetExport(handle, "ft_keep_freed_memory"))();
            return _library = handle;
        }
    }

    /// <summary>
    /// libgomp's threads spin some milliseconds at the end of each loop before they sleep. Where another process wants the same
    /// cores, each spins until the other's turn is over, and both slow down tenfold and more; a shorter wait costs at most
    /// some hundredths where the cores are free. libgomp reads the environment when it is loaded; what the user says there has precedence.
    /// </summary>
    private static void WaitBriefly()
    {
        const string Turns = "30000";
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnvironment("GOMP_SPINCOUNT", Turns, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "ft_error")]
    private static partial nint LastError();

    [LibraryImport(Library, EntryPoint = "ft_operator", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Operator(string name, string overload);

    [LibraryImport(Library, EntryPoint = "ft_call")]
    public static partial int Call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);

    [LibraryImport(Library, EntryPoint = "ft_free")]
    public static partial void Free(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_free_list")]
    public static partial void FreeList(nint list);

    [LibraryImport(Library, EntryPoint = "ft_share")]
    public static partial nint Share(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_dim")]
    [SuppressGCTransition]
    public static partial long Dim(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_numel")]
    [SuppressGCTransition]
    public static partial long Numel(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_dtype")]
    [SuppressGCTransition]
    public static partial int Dtype(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_element_size")]
    [SuppressGCTransition]
    public static partial long ElementSize(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_storage_offset")]
    [SuppressGCTransition]
    public static partial long StorageOffset(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_sizes")]
    [SuppressGCTransition]
    public static partial void Sizes(nint tensor, long* sizes);

    [LibraryImport(Library, EntryPoint = "ft_strides")]
    [SuppressGCTransition]
    public static partial int Strides(nint tensor, long* strides);

    [LibraryImport(Library, EntryPoint = "ft_device")]
    [SuppressGCTransition]
    public static partial void Device(nint tensor, int* type, int* index);

    [LibraryImport(Library, EntryPoint = "ft_flags")]
    [SuppressGCTransition]
    public static partial int Flags(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_data")]
    public static partial nint Data(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_set_requires_grad")]
    public static partial int SetRequiresGrad(nint tensor, int on);

    [LibraryImport(Library, EntryPoint = "ft_grad")]
    public static partial nint Grad(nint tensor);

    [LibraryImport(Library, EntryPoint = "ft_set_grad")]
    public static partial int SetGrad(nint tensor, nint grad);

    [LibraryImport(Library, EntryPoint = "ft_backward")]
    public static partial int Backward(nint* outputs, nint* gradients, int count, int gradientCount, int keepGraph, int createGraph, nint* inputs, int inputCount);

    [LibraryImport(Library, EntryPoint = "ft_autograd_grad")]
    public static partial int AutogradGrad(nint* outputs, int count, nint* inputs, int inputCount, nint* gradients, int gradientCount, int keepGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library, EntryPoint = "ft_grad_mode")]
    [SuppressGCTransition]
    public static partial int GradMode();

    [LibraryImport(Library, EntryPoint = "ft_set_grad_mode")]
    [SuppressGCTransition]
    public static partial void SetGradMode(int on);

    [LibraryImport(Library, EntryPoint = "ft_inference_mode")]
    public static partial nint InferenceMode(int on);

    [LibraryImport(Library, EntryPoint = "ft_end_inference_mode")]
    public static partial void EndInferenceMode(nint guard);

    [LibraryImport(Library, EntryPoint = "ft_begin_autocast")]
    public static partial int BeginAutocast(int cuda);

    [LibraryImport(Library, EntryPoint = "ft_end_autocast")]
    public static partial int EndAutocast(int cuda);

    [LibraryImport(Library, EntryPoint = "ft_set_threads")]
    public static partial int SetThreads(int count);

    [LibraryImport(Library, EntryPoint = "ft_threads")]
    public static partial int Threads();

    [LibraryImport(Library, EntryPoint = "ft_interop_threads")]
    public static partial int InteropThreads();

    [LibraryImport(Library, EntryPoint = "ft_set_interop_threads")]
    public static partial int SetInteropThreads(int count);

    [LibraryImport(Library, EntryPoint = "ft_manual_seed")]
    public static partial int ManualSeed(long seed);

    [LibraryImport(Library, EntryPoint = "ft_generator")]
    public static partial nint Generator(ulong seed);

    [LibraryImport(Library, EntryPoint = "ft_default_generator")]
    public static partial nint DefaultGenerator();

    [LibraryImport(Library, EntryPoint = "ft_free_generator")]
    public static partial void FreeGenerator(nint generator);

    [LibraryImport(Library, EntryPoint = "ft_generator_seed")]
    public static partial int SeedGenerator(nint generator, long seed);

    [LibraryImport(Library, EntryPoint = "ft_generator_initial_seed")]
    public static partial long GeneratorInitialSeed(nint generator);

    [LibraryImport(Library, EntryPoint = "ft_generator_state")]
    public static partial nint GeneratorState(nint generator);

    [LibraryImport(Library, EntryPoint = "ft_set_generator_state")]
    public static partial int SetGeneratorState(nint generator, nint state);

    [LibraryImport(Library, EntryPoint = "ft_version")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "ft_config")]
    public static partial int Config(byte* text, int capacity);

    [LibraryImport(Library, EntryPoint = "ft_cuda_count")]
    public static partial int CudaCount();

    [LibraryImport(Library, EntryPoint = "ft_cuda_synchronize")]
    public static partial int CudaSynchronize(int index);

    [LibraryImport(Library, EntryPoint = "ft_has_cudnn")]
    public static partial int HasCudnn();

    [LibraryImport(Library, EntryPoint = "ft_deterministic")]
    public static partial int Deterministic(int on, int warnOnly);
}
