using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>A folder of a test's own, deleted after it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("finetune-weights-").FullName;

    public string File(string name) => Path.Combine(Folder, name);

    public string File(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    /// <summary>Reads <paramref name="bytes"/> as a weight file.</summary>
    public static StateDict Read(byte[] bytes, WeightLimits? limits = null) => WeightFile.Read("x.pth", bytes, limits);

    /// <summary>Why <paramref name="bytes"/> are refused.</summary>
    public static string Refusal(byte[] bytes, WeightLimits? limits = null) =>
        Should.Throw<WeightException>(() => Read(bytes, limits)).Message;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
