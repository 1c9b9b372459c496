using System.Runtime.InteropServices;

namespace FineTune.Distributed.Nccl;

/// <summary>NCCL's unique id of a group of ranks, which rank 0 makes and the others are told.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NcclId
{
    /// <summary>NCCL_UNIQUE_ID_BYTES.</summary>
    public const int Size = 128;

    private fixed byte _bytes[Size];

    /// <summary>As bytes.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes(new ReadOnlySpan<NcclId>(in this)).ToArray();

    /// <summary>From bytes.</summary>
    public static NcclId Of(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<NcclId>(bytes);
}

/// <summary>The functions of NCCL 2, found by name: of libnccl, or of what stands in for it in a test.</summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>The variable that names the library's file.</summary>
    public const string Variable = "FINETUNE_NCCL";

    /// <summary>ncclDataType_t's number of bytes, of float32, and of bfloat16; ncclRedOp_t's of a sum.</summary>
    public const int Bytes = 1, Float32 = 7, Sum = 0;

    private static readonly string[] Files = ["libnccl.so.2", "libnccl.so"];

    private readonly delegate* unmanaged<int, byte*> _error;

    /// <param name="file">What messages call it.</param>
    /// <param name="find">The address of a function; 0 where it has none.</param>
    /// <exception cref="FineTuneException">A function is missing.</exception>
    public NcclLibrary(string file, Func<string, nint> find)
    {
        nint Find(string name) => find(name) is var address and not 0 ? address : throw new FineTuneException(
            $"'{file}' is no NCCL of version 2.7 or later: it has no {name}; name another by {Variable}.");
        File = file;
        _error = (delegate* unmanaged<int, byte*>)Find("ncclGetErrorString");
        GetVersion = (delegate* unmanaged<int*, int>)Find("ncclGetVersion");
        GetId = (delegate* unmanaged<NcclId*, int>)Find("ncclGetUniqueId");
        Join = (delegate* unmanaged<nint*, int, NcclId, int, int>)Find("ncclCommInitRank");
        AllReduce = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Find("ncclAllReduce");
        Broadcast = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Find("ncclBroadcast");
        AllGather = (delegate* unmanaged<nint, nint, nuint, int, nint, nint, int>)Find("ncclAllGather");
        Send = (delegate* unmanaged<nint, nuint, int, int, nint, nint, int>)Find("ncclSend");
        Receive = (delegate* unmanaged<nint, nuint, int, int, nint, nint, int>)Find("ncclRecv");
        BeginGroup = (delegate* unmanaged<int>)Find("ncclGroupStart");
        EndGroup = (delegate* unmanaged<int>)Find("ncclGroupEnd");
        Leave = (delegate* unmanaged<nint, int>)Find("ncclCommDestroy");
        Abort = (delegate* unmanaged<nint, int>)Find("ncclCommAbort");
    }

    /// <summary>The name that it was loaded by.</summary>
    public string File { get; }

    public delegate* unmanaged<int*, int> GetVersion { get; }

    public delegate* unmanaged<NcclId*, int> GetId { get; }

    public delegate* unmanaged<nint*, int, NcclId, int, int> Join { get; }

    public delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> AllReduce { get; }

    public delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> Broadcast { get; }

    public delegate* unmanaged<nint, nint, nuint, int, nint, nint, int> AllGather { get; }

    public delegate* unmanaged<nint, nuint, int, int, nint, nint, int> Send { get; }

    public delegate* unmanaged<nint, nuint, int, int, nint, nint, int> Receive { get; }

    public delegate* unmanaged<int> BeginGroup { get; }

    public delegate* unmanaged<int> EndGroup { get; }

    public delegate* unmanaged<nint, int> Leave { get; }

    public delegate* unmanaged<nint, int> Abort { get; }

    /// <summary>"NCCL 2.21.5".</summary>
    public string Version
    {
        get
        {
            const int Major = 10_000, Minor = 100; // since 2.9
            var number = 0;
            Check(GetVersion(&number), "ncclGetVersion");
            return $"NCCL {number / Major}.{number % Major / Minor}.{number % Minor}";
        }
    }

    /// <summary>Loads what FINETUNE_NCCL names, or else libnccl.</summary>
    /// <exception cref="FineTuneException">There is none.</exception>
    public static NcclLibrary Load() => TryLoad() ?? throw new FineTuneException(
        $"No NCCL library was found. Install libnccl2 for your CUDA, or name its file by {Variable}=/path/to/libnccl.so.2.");

    /// <summary>The same; null where there is none.</summary>
    public static NcclLibrary? TryLoad()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        foreach (var file in named is { Length: > 0 } ? [named] : Files)
        {
            if (NativeLibrary.TryLoad(file, out var library))
                return new NcclLibrary(file, name => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0);
        }

        return null;
    }

    /// <summary>Throws what a call that failed says.</summary>
    public void Check(int code, string call)
    {
        if (code != 0)
            throw new FineTuneException($"NCCL's {call} failed: {Marshal.PtrToStringUTF8((nint)_error(code))} ({File}).");
    }
}
