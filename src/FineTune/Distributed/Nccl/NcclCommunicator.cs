using System.Buffers.Binary;
using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Distributed.Nccl;

/// <summary>Ranks with a GPU each, which NCCL connects. What is on the processor passes through the GPU.</summary>
internal sealed unsafe class NcclCommunicator : ICommunicator
{
    private const nint Stream = 0; // the one that TorchSharp computes in: calls are in order with its kernels

    private readonly NcclLibrary _nccl;
    private readonly Device _device;
    private readonly ICommunicator? _control;
    private readonly Watchdog _watchdog;
    private nint _group;

    /// <summary>Joins the other ranks.</summary>
    /// <param name="nccl">The library.</param>
    /// <param name="launch">What started the process.</param>
    /// <param name="device">This rank's GPU; the current one.</param>
    /// <param name="tell">Tells all what rank 0 has: it is given the id there, and null on the others.</param>
    /// <param name="lost">Told in a sentence of ranks that do not answer; ends the process.</param>
    /// <param name="control">Carries the few bytes that ranks agree on, and names a rank that is lost; null: NCCL does.</param>
    public NcclCommunicator(
        NcclLibrary nccl, Launch launch, Device device, Func<byte[]?, byte[]> tell, Action<string> lost, ICommunicator? control = null)
    {
        (_nccl, _device, _control, _watchdog) = (nccl, device, control, new Watchdog(lost));
        (Rank, Size, Carrier) = (launch.Rank, launch.Size, control is null ? nccl.Version : $"{nccl.Version}, {control.Carrier}");
        NcclId id;
        if (Rank == 0)
            nccl.Check(nccl.GetId(&id), "ncclGetUniqueId");
        id = NcclId.Of(tell(Rank == 0 ? id.ToBytes() : null));
        nint group;
        _watchdog.Begin("NCCL", Limit);
        nccl.Check(nccl.Join(&group, Size, id, Rank), "ncclCommInitRank");
        _watchdog.End();
        _group = group;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public string Carrier { get; }

    /// <inheritdoc/>
    public RankTimes Times { get; } = new();

    /// <inheritdoc/>
    public TimeSpan Limit
    {
        get;
        set
        {
            field = value;
            if (_control is not null)
                _control.Limit = value;
        }
    } = Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    public void AllReduce(Tensor vector) => OnGpu(vector, v => Call("ncclAllReduce", _nccl.AllReduce(
        TensorValues.Address(v), TensorValues.Address(v), (nuint)v.numel(), NcclLibrary.Float32, NcclLibrary.Sum, _group, Stream)));

    /// <inheritdoc/>
    public void AllToAll(Tensor mine, Tensor theirs) => OnGpu(mine, from => OnGpu(theirs, to =>
    {
        var each = Bytes(from) / Size;
        Call("ncclGroupStart", _nccl.BeginGroup());
        for (var rank = 0; rank < Size; rank++)
        {
            var at = (nint)(rank * each);
            Call("ncclSend", _nccl.Send(TensorValues.Address(from) + at, (nuint)each, NcclLibrary.Bytes, rank, _group, Stream));
            Call("ncclRecv", _nccl.Receive(TensorValues.Address(to) + at, (nuint)each, NcclLibrary.Bytes, rank, _group, Stream));
        }

        Call("ncclGroupEnd", _nccl.EndGroup());
    }), write: false);

    /// <inheritdoc/>
    public void AllGather(Tensor mine, Tensor all) => OnGpu(mine, from => OnGpu(all, to => Call("ncclAllGather", _nccl.AllGather(
        TensorValues.Address(from), TensorValues.Address(to), (nuint)Bytes(from), NcclLibrary.Bytes, _group, Stream))), write: false);

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor) => OnGpu(tensor, t => Call("ncclBroadcast", _nccl.Broadcast(
        TensorValues.Address(t), TensorValues.Address(t), (nuint)Bytes(t), NcclLibrary.Bytes, 0, _group, Stream)));

    /// <inheritdoc/>
    public byte[][] Exchange(ReadOnlySpan<byte> mine)
    {
        if (_control is not null)
            return _control.Exchange(mine);
        using var scope = NewDisposeScope();
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, mine.Length);
        _watchdog.Begin($"One of the {Size} ranks", Limit);
        var lengths = Gathered(length, sizeof(long)).Select(b => (int)BinaryPrimitives.ReadInt64LittleEndian(b)).ToArray();
        var said = lengths.Max() == 0 ? [.. lengths.Select(_ => Array.Empty<byte>())] : Gathered(mine, lengths.Max());
        _watchdog.End();
        return [.. said.Select((b, rank) => b[..lengths[rank]])];
    }

    /// <inheritdoc/>
    public void Abort(int exitCode)
    {
        if (_group != 0)
            _ = _nccl.Abort(_group);
        _group = 0;
        _control?.Abort(exitCode);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_group != 0)
            _ = _nccl.Leave(_group);
        _group = 0;
        _watchdog.Dispose();
        _control?.Dispose();
    }

    private byte[][] Gathered(ReadOnlySpan<byte> mine, int most)
    {
        var padded = new byte[most];
        mine.CopyTo(padded);
        var all = empty([Size, most], ScalarType.Byte);
        AllGather(tensor(padded), all);
        return [.. Enumerable.Range(0, Size).Select(rank => all[rank].bytes.ToArray())];
    }

    private static long Bytes(Tensor tensor) => tensor.numel() * tensor.element_size();

    private void OnGpu(Tensor tensor, Action<Tensor> work, bool write = true)
    {
        using var _ = no_grad();
        if (tensor.device_type == _device.type)
        {
            work(tensor);
            return;
        }

        using var there = tensor.to(_device);
        work(there);
        if (write)
            tensor.copy_(there);
    }

    private void Call(string name, int code) => _nccl.Check(code, name);
}
