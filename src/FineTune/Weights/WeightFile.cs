namespace FineTune.Weights;

/// <summary>
/// Reads weights: both of torch.save's formats, and safetensors, told apart by content and not by the file's ending. Nothing in a
/// file is ever run: the pickle reader knows a fixed table of names, drops objects of every other class, and refuses names that run code.
/// </summary>
public static class WeightFile
{
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    /// <summary>How the names of weights files end as a rule. Any other will do too: what a file is, its content says.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".pth", ".pt", ".th", ".tar", ".bin", ".ckpt", ".safetensors"];

    /// <summary>Reads the state dict of <paramref name="path"/>.</summary>
    /// <remarks>
    /// Where a checkpoint nests its state dict, the first of the entries "state_dict", "model_state_dict", "model", "net", "network",
    /// "module", "params", "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema" that holds tensors is taken, or else the
    /// only entry that does; everything else in it (an optimizer, an epoch) is left out, but words and numbers become
    /// <see cref="StateDict.Metadata"/>. A prefix that all names share, "module." (DataParallel) or "_orig_mod." (torch.compile), is taken
    /// off. <see cref="StateDict.Notes"/> tells of a choice and of a prefix.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="limits">What the file may ask for; <see cref="WeightLimits.Default"/> if null.</param>
    /// <param name="entry">
    /// The entry to be taken, such as "ema", or what the tensors' names begin with, up to a dot; null: as above.
    /// </param>
    /// <exception cref="WeightException">The file is missing, damaged, over a limit, or asks for code to be run.</exception>
    public static StateDict Read(string path, WeightLimits? limits = null, string? entry = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var input = WeightInput.Open(path, limits ?? WeightLimits.Default);
        return Read(input, entry);
    }

    /// <summary>The same of a file's bytes in memory.</summary>
    /// <param name="name">What messages call them.</param>
    /// <param name="bytes">The file's content.</param>
    /// <param name="limits">What it may ask for; <see cref="WeightLimits.Default"/> if null.</param>
    /// <param name="entry">The entry to be taken; null: the first in the order above.</param>
    /// <exception cref="WeightException">The content is damaged, over a limit, or asks for code to be run.</exception>
    public static StateDict Read(string name, ReadOnlyMemory<byte> bytes, WeightLimits? limits = null, string? entry = null)
    {
        using var input = WeightInput.Of(name, bytes, limits ?? WeightLimits.Default);
        return Read(input, entry);
    }

    private static StateDict Read(WeightInput input, string? entry)
    {
        if (!BitConverter.IsLittleEndian)
            throw input.Fail("weights are stored little-endian, and this machine is big-endian");
        var start = input.Read(0, Math.Min(ForeignFile.StartBytes, input.Length), "its start");
        var state = ZipFile.Is(start) ? TorchCheckpoint.Read(input, ZipFile.Read(input), entry)
            : LegacyFile.Is(start) ? TorchCheckpoint.Read(input, LegacyFile.Read(input), entry)
            : SafetensorsReader.Is(start) ? Chosen(SafetensorsReader.Read(input))
            : throw input.Fail(ForeignFile.Sentence(start, input.Path));
        return Bare(state);

        StateDict Chosen(StateDict all) => entry is null ? all : WeightEntries.Under(all, entry, input);
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
