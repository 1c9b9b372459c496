using System.Buffers.Binary;
using System.Text;
using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Distributed.Mpi;

/// <summary>Ranks that MPI connects, whatever its network. Tensors on a GPU pass through the memory of the processor.</summary>
internal sealed unsafe class MpiCommunicator : ICommunicator
{
    private const int Serialized = 2; // MPI_THREAD_SERIALIZED: any thread, one at a time
    private const int AtOnce = 1 << 30; // MPI counts in 32 bits
    private const int Tag = 1;
    private const int Block = 1024; // bytes of an exchange that need no second message
    private const int Prefix = sizeof(long);

    private readonly MpiLibrary _mpi;
    private readonly MpiHandles _handles;
    private readonly Watchdog _watchdog;
    private readonly string[] _names;
    private bool _closed;

    /// <summary>Joins the other ranks.</summary>
    /// <param name="mpi">The library.</param>
    /// <param name="launch">What started the process.</param>
    /// <param name="limit">How long to wait for another rank at most.</param>
    /// <param name="lost">Told in a sentence of a rank that does not answer; ends the process.</param>
    /// <exception cref="FineTuneException">The library sees other ranks than the launcher started, or cannot begin.</exception>
    public MpiCommunicator(MpiLibrary mpi, Launch launch, TimeSpan limit, Action<string> lost)
    {
        (_mpi, _handles, Limit, _watchdog) = (mpi, mpi.Handles, limit, new Watchdog(lost));
        _names = [.. Enumerable.Range(0, launch.Size).Select(r => $"Rank {r}")];
        int given, rank, size;
        _watchdog.Begin($"MPI ({mpi.File})", limit);
        Check(mpi.InitThread(0, 0, Serialized, &given), "MPI_Init_thread");
        _watchdog.End();
        Check(mpi.SetErrorHandler(_handles.World, _handles.ReturnErrors), "MPI_Comm_set_errhandler");
        Check(mpi.CommRank(_handles.World, &rank), "MPI_Comm_rank");
        Check(mpi.CommSize(_handles.World, &size), "MPI_Comm_size");
        (Rank, Size, Carrier) = (rank, size, mpi.Version);
        if (size != launch.Size || rank != launch.Rank)
        {
            throw new FineTuneException($"{launch.By} started {launch.Size} processes, but {Carrier} ({mpi.File}) sees {size}: they are of "
                + $"different MPI libraries. Start by that library's own mpirun (under Slurm: srun --mpi=pmix), or name the launcher's "
                + $"library by {MpiLibrary.Variable}.");
        }

        var hosts = Exchange(Encoding.UTF8.GetBytes(Environment.MachineName));
        _names = [.. hosts.Select((host, r) => $"Rank {r} ({Encoding.UTF8.GetString(host)})")];
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public string Carrier { get; } = string.Empty;

    /// <inheritdoc/>
    public RankTimes Times { get; } = new();

    /// <inheritdoc/>
    public TimeSpan Limit { get; set; }

    private string Others => Size == 2 ? _names[1 - Rank] : $"One of the {Size} ranks";

    /// <inheritdoc/>
    public void AllReduce(Tensor vector) => OnCpu(vector, bytes =>
    {
        for (var at = 0L; at < bytes.Length; at += AtOnce)
        {
            var part = (void*)(bytes.Address + at);
            var count = (int)(Math.Min(AtOnce, bytes.Length - at) / sizeof(float));
            Waiting(Others, () => _mpi.AllReduce(_handles.InPlace, part, count, _handles.Float, _handles.Sum, _handles.World));
        }
    });

    /// <inheritdoc/>
    public void AllToAll(Tensor mine, Tensor theirs) => OnCpu(mine, from => OnCpu(theirs, to =>
    {
        var each = Fits(from.Length / Size);
        Waiting(Others, () => _mpi.AllToAll(
            (void*)from.Address, each, _handles.Byte, (void*)to.Address, each, _handles.Byte, _handles.World));
    }), write: false);

    /// <inheritdoc/>
    public void AllGather(Tensor mine, Tensor all) => OnCpu(mine, from => OnCpu(all, to =>
    {
        var each = Fits(from.Length);
        Waiting(Others, () => _mpi.AllGather(
            (void*)from.Address, each, _handles.Byte, (void*)to.Address, each, _handles.Byte, _handles.World));
    }), write: false);

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor) => OnCpu(tensor, bytes =>
    {
        for (var at = 0L; at < bytes.Length; at += AtOnce)
        {
            var part = (void*)(bytes.Address + at);
            var count = (int)Math.Min(AtOnce, bytes.Length - at);
            Waiting(_names[0], () => _mpi.Broadcast(part, count, _handles.Byte, 0, _handles.World));
        }
    });

    /// <summary>
    /// Rank 0 hears one rank after another and tells all: so it knows which one does not come.
    /// </summary>
    public byte[][] Exchange(ReadOnlySpan<byte> mine)
    {
        var block = new byte[Block];
        if (Rank > 0)
        {
            SendTo0(block, mine);
            return Split(Told(block, null));
        }

        var said = new byte[Size][];
        said[0] = mine.ToArray();
        for (var rank = 1; rank < Size; rank++)
            said[rank] = Heard(block, rank);
        var all = new MemoryStream();
        foreach (var words in said)
        {
            all.Write(Length(words.Length));
            all.Write(words);
        }

        Told(block, all.ToArray());
        return said;
    }

    /// <inheritdoc/>
    public void Abort(int exitCode) => _mpi.Abort(_handles.World, exitCode);

    /// <inheritdoc/>
    public void Dispose()
    {
        Limit = Timeout.InfiniteTimeSpan; // rank 0 writes a report
        if (!_closed)
            Waiting(Others, () => _mpi.Close());
        _closed = true;
        _watchdog.Dispose();
    }

    /// <summary>Bytes with their length before them, of which the first block travels alone.</summary>
    private void SendTo0(byte[] block, ReadOnlySpan<byte> bytes)
    {
        byte[] message = [.. Length(bytes.Length), .. bytes, .. new byte[Math.Max(0, Block - Prefix - bytes.Length)]];
        fixed (byte* first = message)
        {
            var at = (nint)first;
            Waiting(_names[0], () => _mpi.Send((void*)at, block.Length, _handles.Byte, 0, Tag, _handles.World));
            if (message.Length > Block)
                Waiting(_names[0], () => _mpi.Send((void*)(at + Block), message.Length - Block, _handles.Byte, 0, Tag, _handles.World));
        }
    }

    private byte[] Heard(byte[] block, int rank) => Whole(block, (to, count) => Waiting(
        _names[rank], () => _mpi.Receive((void*)to, count, _handles.Byte, rank, Tag, _handles.World, _handles.IgnoreStatus)));

    /// <summary>What rank 0 tells all.</summary>
    /// <param name="block">Room for the first block.</param>
    /// <param name="all">What it tells; null on the others.</param>
    private byte[] Told(byte[] block, byte[]? all)
    {
        byte[] message = all is null ? block : [.. Length(all.Length), .. all, .. new byte[Math.Max(0, Block - Prefix - all.Length)]];
        if (all is null)
            return Whole(message, Tell);
        fixed (byte* first = message)
        {
            Tell((nint)first, Block);
            if (message.Length > Block)
                Tell((nint)first + Block, message.Length - Block);
        }

        return all;

        void Tell(nint at, int count) => Waiting(_names[0], () => _mpi.Broadcast((void*)at, count, _handles.Byte, 0, _handles.World));
    }

    /// <summary>Takes a first block, and the rest that it speaks of.</summary>
    private static byte[] Whole(byte[] block, Action<nint, int> take)
    {
        fixed (byte* first = block)
            take((nint)first, Block);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(block);
        var whole = new byte[Math.Max(length, Block - Prefix)];
        block.AsSpan(Prefix).CopyTo(whole);
        if (length > Block - Prefix)
        {
            fixed (byte* rest = &whole[Block - Prefix])
                take((nint)rest, length - (Block - Prefix));
        }

        return whole[..length];
    }

    private byte[][] Split(byte[] all)
    {
        var (said, at) = (new byte[Size][], 0);
        for (var rank = 0; rank < Size; rank++)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(all.AsSpan(at));
            said[rank] = all[(at + Prefix)..(at + Prefix + length)];
            at += Prefix + length;
        }

        return said;
    }

    private static byte[] Length(long bytes)
    {
        var written = new byte[Prefix];
        BinaryPrimitives.WriteInt64LittleEndian(written, bytes);
        return written;
    }

    private static int Fits(long bytes) => bytes <= AtOnce ? (int)bytes : throw new ArgumentOutOfRangeException(nameof(bytes));

    /// <summary>Works on a tensor's bytes: its own, or those of a copy where it is on another device.</summary>
    /// <param name="tensor">Contiguous.</param>
    /// <param name="work">Given address and length.</param>
    /// <param name="write">Whether what the copy has become goes back.</param>
    private static void OnCpu(Tensor tensor, Action<(nint Address, long Length)> work, bool write = true)
    {
        using var _ = no_grad();
        using var here = tensor.device_type == TorchSharp.DeviceType.CPU ? tensor.alias() : tensor.cpu();
        work((TensorValues.Address(here), here.numel() * here.element_size()));
        if (write && tensor.device_type != TorchSharp.DeviceType.CPU)
            tensor.copy_(here);
    }

    private void Waiting(string awaited, Func<int> call)
    {
        _watchdog.Begin(awaited, Limit);
        try
        {
            Check(call(), awaited);
        }
        finally
        {
            _watchdog.End();
        }
    }

    private void Check(int code, string what)
    {
        if (code != 0)
        {
            throw new FineTuneException($"{what} cannot be reached: {(Carrier.Length > 0 ? Carrier : _mpi.File)} reports error {code}. "
                + "The run ends here; its last checkpoint is whole, and --resume goes on from it.");
        }
    }
}
