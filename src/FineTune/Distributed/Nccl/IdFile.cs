namespace FineTune.Distributed.Nccl;

/// <summary>Tells the ranks NCCL's id by a file in a folder that all of them see, where there is no MPI to do it.</summary>
internal static class IdFile
{
    /// <summary>The variable that names the file: new for each start of the ranks.</summary>
    public const string Variable = "FINETUNE_NCCL_ID";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100), Most = TimeSpan.FromMinutes(5);

    /// <summary>Rank 0 writes, the others wait for it.</summary>
    /// <param name="id">The id; null on the others.</param>
    /// <exception cref="FineTuneException">No file is named, it is there already, or it does not come.</exception>
    public static byte[] Tell(byte[]? id)
    {
        var path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : throw new FineTuneException(
            $"There is no MPI to tell the ranks how NCCL connects them; name a file in a folder that all see by {Variable}, "
            + "another for each start, or install MPI.");
        if (id is not null)
        {
            if (File.Exists(path))
                throw new FineTuneException($"'{path}' ({Variable}) is of an earlier start; name another file.");
            AtomicFile.Write(path, file => file.Write(id));
            return id;
        }

        for (var waited = TimeSpan.Zero; waited < Most; waited += Look)
        {
            if (File.Exists(path))
                return RegularFile.Bytes(path);
            Thread.Sleep(Look);
        }

        throw new FineTuneException($"Rank 0 has not written '{path}' ({Variable}) for {Most.TotalMinutes} minutes.");
    }
}
