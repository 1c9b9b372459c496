using FineTune.Weights;

namespace FineTune.Tests.Cli;

/// <summary>A weights file with other metadata, as another tool or an attacker would write it.</summary>
internal static class AlteredWeights
{
    /// <summary>Copies a file, with one entry of its metadata changed, or without it.</summary>
    public static void Write(string from, string to, string key, string? value)
    {
        var state = WeightFile.Read(from);
        state.Metadata.Remove("sha256"); // what is changed is not damaged
        if (value is null)
            state.Metadata.Remove(key);
        else
            state.Metadata[key] = value;
        SafetensorsWriter.Write(to, state);
    }
}
