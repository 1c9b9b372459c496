namespace FineTune.Weights;

/// <summary>
/// Reads weights: both of torch.save's formats, safetensors, and indexes of shards of either, told apart by content and not by the
/// file's ending. Nothing in a file is ever run: the pickle reader knows a fixed table of names, drops objects of every other class, and
/// refuses names that run code.
/// </summary>
public static class WeightFile
{
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    /// <summary>How the names of weights files end as a rule. Any other will do too: what a file is, its content says.</summary>
    public static IReadOnlyList<string> Endings { get; } =
        [".pth", ".pt", ".th", ".tar", ".bin", ".ckpt", ".safetensors", ShardedFile.Ending];

    /// <summary>Reads the state dict of <paramref name="path"/>.</summary>
    /// <remarks>
    /// Where a checkpoint nests its state dict, the first of the entries "state_dict", "model_state_dict", "model", "net", "network",
    /// "module", "params", "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema" that holds tensors is taken, or else the
    /// only entry that does; everything else in it (an optimizer, an epoch) is left out, but words and numbers become
    /// <see cref="StateDict.Metadata"/>. A prefix that all names share, "module." (DataParallel) or "_orig_mod." (torch.compile), is taken
    /// off. <see cref="StateDict.Notes"/> tells of a choice and of a prefix.
    /// <para>
    /// The file's structure is checked at once: every name, type, shape and place. Values are read when they are asked for, from the file,
    /// which stays open for as long as one of its tensors lives; a zip entry's checksum is compared before its first value is given.
    /// Do not change the file in place meanwhile. Replacing or deleting it does no harm.
    /// </para>
    /// </remarks>
    /// <param name="path">
    /// The file; or an index of shards (*.index.json), whose shards lie beside it; or a folder with one such index, or without one and
    /// with one *.safetensors.
    /// </param>
    /// <param name="limits">What the file may ask for; <see cref="WeightLimits.Default"/> if null.</param>
    /// <param name="entry">
    /// The entry to be taken, such as "ema", or what the tensors' names begin with, up to a dot; null: as above.
    /// </param>
    /// <exception cref="WeightException">The file is missing, damaged, over a limit, or asks for code to be run.</exception>
    public static StateDict Read(string path, WeightLimits? limits = null, string? entry = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var input = WeightInput.Open(WeightFolder.Resolve(path), limits ?? WeightLimits.Default);
        try
        {
            return Read(input, entry);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>The same of a file's bytes in memory.</summary>
    /// <param name="name">What messages call them.</param>
    /// <param name="bytes">The file's content. It is not copied: do not change it while a tensor of it lives.</param>
    /// <param name="limits">What it may ask for; <see cref="WeightLimits.Default"/> if null.</param>
    /// <param name="entry">The entry to be taken; null: the first in the order above.</param>
    /// <exception cref="WeightException">The content is damaged, over a limit, or asks for code to be run.</exception>
    public static StateDict Read(string name, ReadOnlyMemory<byte> bytes, WeightLimits? limits = null, string? entry = null)
    {
        return Read(WeightInput.Of(name, bytes, limits ?? WeightLimits.Default), entry);
    }

    private static StateDict Read(WeightInput input, string? entry)
    {
        if (!BitConverter.IsLittleEndian)
            throw input.Fail("weights are stored little-endian, and this machine is big-endian");
        return Bare(ShardedFile.Is(Start(input))
            ? Chosen(ShardedFile.Read(input, shard => ReadFile(shard, null)), entry, input)
            : ReadFile(input, entry));
    }

    private static StateDict Chosen(StateDict all, string? entry, WeightInput input) =>
        entry is null ? all : WeightEntries.Under(all, entry, input);

    private static byte[] Start(WeightInput input) => input.Read(0, Math.Min(ForeignFile.StartBytes, input.Length), "its start");

    private static StateDict ReadFile(WeightInput input, string? entry)
    {
        var start = Start(input);
        return ZipFile.Is(start) ? TorchCheckpoint.Read(input, ZipFile.Read(input), entry)
            : LegacyFile.Is(start) ? TorchCheckpoint.Read(input, LegacyFile.Read(input), entry)
            : SafetensorsReader.Is(start) ? Chosen(SafetensorsReader.Read(input), entry, input)
            : throw input.Fail(ForeignFile.Sentence(start, input.Path));
    }

    private static StateDict Bare(StateDict state)
    {
        for (var taken = string.Empty; ;)
        {
            var prefix = Wrappers.FirstOrDefault(w => !ReferenceEquals(state.WithoutPrefix(w), state));
            if (prefix is null)
            {
                if (taken.Length > 0)
                    state.Notes.Add($"The prefix '{taken}' was taken off the weights' names.");
                return state;
            }

            (state, taken) = (state.WithoutPrefix(prefix), taken + prefix);
        }
    }
}
