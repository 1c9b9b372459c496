using System.Runtime.InteropServices;
using System.Text;

namespace FineTune.Distributed.Mpi;

/// <summary>The functions of an MPI library, found by name when it is loaded: Open MPI's, or one with MPICH's binary interface.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>The variable that names the library's file.</summary>
    public const string Variable = "FINETUNE_MPI";

    private const int Success = 0;
    private const int MostText = 8192; // Open MPI's MPI_MAX_LIBRARY_VERSION_STRING is 256, MPICH's 8192

    private static readonly string[] OpenMpi = ["libmpi.so.40"];
    private static readonly string[] Mpich = ["libmpi.so.12", "libmpich.so.12"];
    private static readonly string[] Others = ["libmpi.so", "libmpi.dylib", "msmpi.dll"];

    private readonly nint _library;

    private MpiLibrary(nint library, string file)
    {
        (_library, File, Handles) = (library, file, MpiHandles.Of(library));
        InitThread = (delegate* unmanaged<nint, nint, int, int*, int>)Find("MPI_Init_thread");
        CommRank = (delegate* unmanaged<nint, int*, int>)Find("MPI_Comm_rank");
        CommSize = (delegate* unmanaged<nint, int*, int>)Find("MPI_Comm_size");
        SetErrorHandler = (delegate* unmanaged<nint, nint, int>)Find("MPI_Comm_set_errhandler");
        AllReduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, int>)Find("MPI_Allreduce");
        AllToAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Find("MPI_Alltoall");
        AllGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Find("MPI_Allgather");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Find("MPI_Bcast");
        Send = (delegate* unmanaged<void*, int, nint, int, int, nint, int>)Find("MPI_Send");
        Receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint, int>)Find("MPI_Recv");
        Abort = (delegate* unmanaged<nint, int, int>)Find("MPI_Abort");
        Close = (delegate* unmanaged<int>)Find("MPI_Finalize");
    }

    /// <summary>The name that it was loaded by.</summary>
    public string File { get; }

    /// <summary>Its constants.</summary>
    public MpiHandles Handles { get; }

    public delegate* unmanaged<nint, nint, int, int*, int> InitThread { get; }

    public delegate* unmanaged<nint, int*, int> CommRank { get; }

    public delegate* unmanaged<nint, int*, int> CommSize { get; }

    public delegate* unmanaged<nint, nint, int> SetErrorHandler { get; }

    public delegate* unmanaged<nint, void*, int, nint, nint, nint, int> AllReduce { get; }

    public delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> AllToAll { get; }

    public delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> AllGather { get; }

    public delegate* unmanaged<void*, int, nint, int, nint, int> Broadcast { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, int> Send { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, nint, int> Receive { get; }

    public delegate* unmanaged<nint, int, int> Abort { get; }

    public delegate* unmanaged<int> Close { get; }

    /// <summary>What it says of itself: "Open MPI v4.1.4".</summary>
    public string Version
    {
        get
        {
            var text = stackalloc byte[MostText];
            var length = 0;
            var version = (delegate* unmanaged<byte*, int*, int>)Find("MPI_Get_library_version");
            if (version(text, &length) != Success)
                return File;
            return Encoding.UTF8.GetString(text, length).Split(['\n', ','])[0].Replace('\t', ' ').Trim(' ', '\0');
        }
    }

    /// <summary>Loads the library that FINETUNE_MPI names, or else the one that the launcher is of, or else any.</summary>
    /// <param name="launch">What started the process.</param>
    /// <exception cref="FineTuneException">There is none.</exception>
    public static MpiLibrary Load(Launch launch) => TryLoad(launch) ?? throw new FineTuneException(
        "No MPI library was found. Install the one of your launcher (Debian and Ubuntu: apt install openmpi-bin), "
        + $"or name its file by {Variable}=/path/to/libmpi.so.40.");

    /// <summary>The same; null where there is none.</summary>
    /// <exception cref="FineTuneException">The one that is named cannot be loaded.</exception>
    public static MpiLibrary? TryLoad(Launch launch)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return NativeLibrary.TryLoad(named, out var library) ? new MpiLibrary(library, named) : throw new FineTuneException(
                $"{Variable} names '{named}', which is no library that can be loaded here.");
        }

        string[] files = launch.By == "mpiexec" ? [.. Mpich, .. OpenMpi, .. Others] : [.. OpenMpi, .. Mpich, .. Others];
        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(file, out var library))
                return new MpiLibrary(library, file);
        }

        return null;
    }

    private nint Find(string function) => NativeLibrary.TryGetExport(_library, function, out var address)
        ? address
        : throw new FineTuneException($"'{File}' is no MPI library: it has no {function}; name another by {Variable}.");
}
