using System.Security.Cryptography;

namespace FineTune.Weights;

/// <summary>Whether a file is the one that is meant: its size and its SHA-256, as far as they are known.</summary>
/// <param name="Name">What messages call the source: "the card of 'imagenet1k_v1'".</param>
/// <param name="Bytes">Its size; null where it is not known.</param>
/// <param name="Sha256">Its hash; null where it is not known.</param>
/// <param name="Prefix">The first digits of its hash; null where they are not known.</param>
internal sealed record FileCheck(string Name, long? Bytes, string? Sha256, string? Prefix)
{
    /// <summary>What a card knows.</summary>
    public static FileCheck Of(WeightCard card) => new($"the card of '{card.Name}'", card.Bytes, card.Sha256, card.Sha256Prefix);

    /// <summary>What is wrong with a file, as a clause; null where nothing is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="record">The hash that was recorded for it; null where none was.</param>
    /// <param name="hash">Its hash.</param>
    public string? Problem(string path, string? record, out string hash)
    {
        using var file = RegularFile.OpenStream(path);
        hash = string.Empty;
        if (Bytes is { } bytes && file.Length != bytes)
            return $"has {file.Length} bytes where {Name} says {bytes}";
        hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (Sha256 is not null && hash != Sha256)
            return $"has SHA-256 {hash} where {Name} says {Sha256}";
        if (Prefix is not null && !hash.StartsWith(Prefix, StringComparison.Ordinal))
            return $"has SHA-256 {hash} where {Name} says {Prefix}...";
        return record is not null && Sha256 is null && hash != record ? $"has SHA-256 {hash} where the lock file says {record}" : null;
    }
}
