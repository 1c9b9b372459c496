using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace FineTune.Torch;

/// <summary>What this engine can do that TorchSharp's API has no words for. The library reaches it through one seam.</summary>
public static unsafe class Engine
{
    /// <summary>The sentence that says how to provide libtorch, where none can be loaded; else null.</summary>
    public static string? LoadError() => Native.LoadError();

    /// <summary>libtorch's version, such as 1.13.0.</summary>
    public static string LibtorchVersion => Marshal.PtrToStringUTF8(Native.Version()) ?? string.Empty;

    /// <summary>libtorch's own account of its build: BLAS, oneDNN, CPU capability, threads.</summary>
    public static string Configuration()
    {
        const int Capacity = 1 << 16;
        var text = new byte[Capacity];
        fixed (byte* p = text)
            Native.Check(Native.Config(p, Capacity));
        return Encoding.UTF8.GetString(text, 0, Array.IndexOf(text, (byte)0));
    }

    /// <summary>The file that libtorch was loaded from, or null where the system does not tell.</summary>
    public static string? LibtorchPath()
    {
        if (!OperatingSystem.IsLinux() || LoadError() is not null)
            return null;
        return File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(path => path.Contains("libtorch_cpu", StringComparison.Ordinal));
    }

    /// <summary>The files of BLAS libraries that the process has loaded.</summary>
    public static IReadOnlyList<string> BlasPaths() => !OperatingSystem.IsLinux()
        ? []
        : [.. File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(path => path.Contains("blas", StringComparison.OrdinalIgnoreCase) || path.Contains("mkl_", StringComparison.Ordinal))
            .Distinct()];

    /// <summary>The tensor with its channels innermost in memory, the layout that convolutions prefer. [N, C, H, W] stays its shape.</summary>
    public static Tensor ToChannelsLast(Tensor tensor) => Ops.Contiguous.Call(tensor, (long)MemoryFormat.ChannelsLast);

    /// <summary>Until it is disposed, convolutions and matrix products of this thread compute in bfloat16, as PyTorch's autocast does.</summary>
    /// <param name="cuda">On CUDA in place of the CPU.</param>
    public static IDisposable Autocast(bool cuda = false) => new AutocastScope(cuda);

    /// <summary>Refuses kernels whose bits depend on the order of threads.</summary>
    /// <param name="on">Whether to.</param>
    /// <param name="warnOnly">Warn on such a kernel instead of throwing.</param>
    public static void UseDeterministicAlgorithms(bool on, bool warnOnly = false) => Native.Check(Native.Deterministic(on ? 1 : 0, warnOnly ? 1 : 0));

    /// <summary>Calls any operator of libtorch by its name, such as "aten::add.Tensor".</summary>
    /// <param name="name">Namespace, name and overload.</param>
    /// <param name="arguments">Tensors, numbers, truth values, texts, arrays of them, or null; the rest take the schema's defaults.</param>
    /// <returns>The first result.</returns>
    public static Tensor Call(string name, params object?[] arguments) => new Op(name).Call([.. arguments.Select(Convert)]);

    private static Arg Convert(object? value) => value switch
    {
        null => Arg.None,
        Tensor t => t,
        bool b => b,
        int i => (long)i,
        long l => l,
        float f => (double)f,
        double d => d,
        string s => s,
        long[] ls => ls,
        double[] ds => ds,
        Tensor[] ts => ts,
        _ => throw new ArgumentException($"An argument of type {value.GetType().Name} cannot be given to an operator."),
    };
}

/// <summary>Autocast, from its making to its disposal.</summary>
internal sealed class AutocastScope : IDisposable
{
    private readonly int _cuda;
    private bool _ended;

    public AutocastScope(bool cuda)
    {
        _cuda = cuda ? 1 : 0;
        Native.Check(Native.BeginAutocast(_cuda));
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        Native.Check(Native.EndAutocast(_cuda));
    }
}

/// <summary>How the dimensions of a tensor lie in memory; c10's numbers.</summary>
internal enum MemoryFormat
{
    Contiguous = 0,
    Preserve = 1,
    ChannelsLast = 2,
}
