using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FineTune.Distributed;
using FineTune.Distributed.Nccl;
using static TorchSharp.torch;

namespace FineTune.Tests.Distributed;

/// <summary>
/// NCCL by a library that stands in for it: two ranks, threads of this process, whose buffers lie in its memory. It does what NCCL says
/// that it does, and records the calls.
/// </summary>
public sealed unsafe class NcclTests
{
    private static readonly ConcurrentQueue<string> Calls = new();
    private static readonly Barrier Both = new(2);
    private static readonly nint[] From = new nint[2], To = new nint[2];

    [ThreadStatic]
    private static List<(bool Send, nint Buffer, nuint Count, int Peer)>? _group;

    [Fact]
    public void Each_call_has_the_arguments_that_nccl_documents_and_the_result_that_mpi_has()
    {
        Calls.Clear();
        var told = new TaskCompletionSource<byte[]>();
        var answers = ThreadRanks.Run(2, thread =>
        {
            var launch = new Launch("test", thread.Rank, 2, thread.Rank, 2);
            byte[] Tell(byte[]? id)
            {
                if (id is not null)
                    told.SetResult(id);
                return told.Task.Result;
            }

            using var ranks = new NcclCommunicator(Library(), launch, CPU, Tell, _ => { });
            using var sum = tensor(new float[] { 1, 2, 3 }) * (ranks.Rank + 1);
            ranks.AllReduce(sum);
            using var ordered = tensor(new float[] { 1, 2, 3, 4, 5 }) * (ranks.Rank + 1);
            OrderedSum.Sum(ranks, [ordered], ordered);
            using var first = tensor(new float[] { ranks.Rank });
            ranks.Broadcast(first);
            var said = ranks.Exchange(ranks.Rank == 0 ? "a"u8 : "bcd"u8);
            return (ranks.Carrier, Sum: Values(sum), Ordered: Values(ordered), First: first.item<float>(), said);
        });
        foreach (var (library, sum, ordered, first, said) in answers)
        {
            library.ShouldBe("NCCL 2.21.5");
            sum.ShouldBe([3, 6, 9]);
            ordered.ShouldBe([3, 6, 9, 12, 15]);
            first.ShouldBe(0);
            said.ShouldBe(["a"u8.ToArray(), "bcd"u8.ToArray()]);
        }

        Calls.Count(c => c == "ncclGetUniqueId").ShouldBe(1);
        Calls.Where(c => c.StartsWith("ncclCommInitRank", StringComparison.Ordinal)).Order()
            .ShouldBe(["ncclCommInitRank 0 of 2, id 42", "ncclCommInitRank 1 of 2, id 42"]);
        Calls.ShouldContain("ncclAllReduce 3 of type 7, op 0, group 1, stream 0"); // ncclFloat32, ncclSum
        Calls.ShouldContain("ncclSend 12 of type 1 to 1"); // 3 of the 5 floats and padding: bytes
        Calls.ShouldContain("ncclRecv 12 of type 1 from 0");
        Calls.ShouldContain("ncclBroadcast 4 of type 1, root 0");
        Calls.Count(c => c.StartsWith("ncclCommDestroy", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void A_call_that_fails_says_so_in_nccls_words()
    {
        var refuse = (nint)(delegate* unmanaged<nint*, int, NcclId, int, int>)&Refuse;
        var library = new NcclLibrary("stand-in", name => name == "ncclCommInitRank" ? refuse : Find(name));
        Should.Throw<FineTuneException>(() => new NcclCommunicator(library, Launch.Alone, CPU, id => id!, _ => { })).Message
            .ShouldBe("NCCL's ncclCommInitRank failed: unhandled cuda error (stand-in).");
        Should.Throw<FineTuneException>(() => new NcclLibrary("libm.so.6", _ => 0)).Message
            .ShouldBe("'libm.so.6' is no NCCL of version 2.7 or later: it has no ncclGetErrorString; name another by FINETUNE_NCCL.");
    }

    private static float[] Values(Tensor vector) => vector.data<float>().ToArray();

    private static NcclLibrary Library() => new("stand-in", Find);

    private static nint Find(string name) => name switch
    {
        "ncclGetErrorString" => (nint)(delegate* unmanaged<int, byte*>)&ErrorString,
        "ncclGetVersion" => (nint)(delegate* unmanaged<int*, int>)&Version,
        "ncclGetUniqueId" => (nint)(delegate* unmanaged<byte*, int>)&UniqueId,
        "ncclCommInitRank" => (nint)(delegate* unmanaged<nint*, int, NcclId, int, int>)&Join,
        "ncclAllReduce" => (nint)(delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)&AllReduce,
        "ncclBroadcast" => (nint)(delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)&Broadcast,
        "ncclAllGather" => (nint)(delegate* unmanaged<nint, nint, nuint, int, nint, nint, int>)&AllGather,
        "ncclSend" => (nint)(delegate* unmanaged<nint, nuint, int, int, nint, nint, int>)&Send,
        "ncclRecv" => (nint)(delegate* unmanaged<nint, nuint, int, int, nint, nint, int>)&Receive,
        "ncclGroupStart" => (nint)(delegate* unmanaged<int>)&BeginGroup,
        "ncclGroupEnd" => (nint)(delegate* unmanaged<int>)&EndGroup,
        "ncclCommDestroy" => (nint)(delegate* unmanaged<nint, int>)&Destroy,
        "ncclCommAbort" => (nint)(delegate* unmanaged<nint, int>)&Destroy,
        _ => 0,
    };

    [UnmanagedCallersOnly]
    private static byte* ErrorString(int code) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("unhandled cuda error\0"u8));

    [UnmanagedCallersOnly]
    private static int Version(int* version)
    {
        *version = 22105;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int UniqueId(byte* id)
    {
        Calls.Enqueue("ncclGetUniqueId");
        id[127] = 42;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Join(nint* group, int size, NcclId id, int rank)
    {
        Calls.Enqueue($"ncclCommInitRank {rank} of {size}, id {id.ToBytes()[127]}");
        *group = rank + 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Refuse(nint* group, int size, NcclId id, int rank) => 1;

    [UnmanagedCallersOnly]
    private static int AllReduce(nint from, nint to, nuint count, int type, int op, nint group, nint stream)
    {
        Calls.Enqueue($"ncclAllReduce {count} of type {type}, op {op}, group {group}, stream {stream}");
        var all = Shared(group, from);
        var sums = new float[count];
        foreach (var other in all)
        {
            for (var k = 0; k < sums.Length; k++)
                sums[k] += ((float*)other)[k];
        }

        Both.SignalAndWait();
        sums.CopyTo(new Span<float>((void*)to, sums.Length));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Broadcast(nint from, nint to, nuint count, int type, int root, nint group, nint stream)
    {
        Calls.Enqueue($"ncclBroadcast {count} of type {type}, root {root}");
        var all = Shared(group, from);
        if (all[root] != to)
            Buffer.MemoryCopy((void*)all[root], (void*)to, count, count);
        Both.SignalAndWait();
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int AllGather(nint from, nint to, nuint count, int type, nint group, nint stream)
    {
        Calls.Enqueue($"ncclAllGather {count} of type {type}");
        var all = Shared(group, from);
        for (var rank = 0; rank < 2; rank++)
            Buffer.MemoryCopy((void*)all[rank], (void*)(to + (nint)((nuint)rank * count)), count, count);
        Both.SignalAndWait();
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int BeginGroup()
    {
        _group = [];
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Send(nint buffer, nuint count, int type, int peer, nint group, nint stream)
    {
        Calls.Enqueue($"ncclSend {count} of type {type} to {peer}");
        _group!.Add((true, buffer, count, (int)group - 1));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Receive(nint buffer, nuint count, int type, int peer, nint group, nint stream)
    {
        Calls.Enqueue($"ncclRecv {count} of type {type} from {peer}");
        _group!.Add((false, buffer, count, (int)group - 1));
        return 0;
    }

    /// <summary>Row r of what a rank sends goes to rank r, in the row of the sender.</summary>
    [UnmanagedCallersOnly]
    private static int EndGroup()
    {
        var (sends, receives) = (_group!.Where(c => c.Send).ToArray(), _group!.Where(c => !c.Send).ToArray());
        var me = sends[0].Peer;
        From[me] = sends[0].Buffer;
        Both.SignalAndWait();
        for (var rank = 0; rank < 2; rank++)
        {
            var count = receives[rank].Count;
            Buffer.MemoryCopy((void*)(From[rank] + ((nint)me * (nint)count)), (void*)receives[rank].Buffer, count, count);
        }

        Both.SignalAndWait();
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Destroy(nint group)
    {
        Calls.Enqueue($"ncclCommDestroy {group}");
        return 0;
    }

    private static nint[] Shared(nint group, nint buffer)
    {
        From[group - 1] = buffer;
        Both.SignalAndWait();
        return [.. From];
    }
}
