using System.Security.Cryptography;
using System.Text.Json;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>What torch reads from the golden files (scripts/goldens/weights.py).</summary>
internal static class Golden
{
    private static readonly JsonElement Expected = JsonDocument.Parse(File.ReadAllBytes(Repo.Goldens("Weights/expected.json"))).RootElement;

    public static IEnumerable<string> Files => Expected.GetProperty("files").EnumerateObject().Select(f => f.Name);

    public static IEnumerable<string> RealFiles => Expected.GetProperty("real").EnumerateObject().Select(f => f.Name);

    public static string Path(string file) => Repo.Goldens("Weights/" + file);

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path(file));

    public static (int Tensors, string Sha256) Real(string file)
    {
        var real = Expected.GetProperty("real").GetProperty(file);
        return (real.GetProperty("tensors").GetInt32(), real.GetProperty("sha256").GetString()!);
    }

    public static JsonElement.ArrayEnumerator Tensors(string file) => Expected.GetProperty("files").GetProperty(file).EnumerateArray();

    public static void ShouldBe(this StateDict state, string file)
    {
        var tensors = Tensors(file).ToArray();
        if (!file.EndsWith(".safetensors", StringComparison.Ordinal))
            state.Keys.ShouldBe(tensors.Select(t => t.GetProperty("name").GetString()!));
        state.Count.ShouldBe(tensors.Length);
        foreach (var tensor in tensors)
        {
            var name = tensor.GetProperty("name").GetString()!;
            var found = state[name];
            found.Type.TorchName().ShouldBe(tensor.GetProperty("type").GetString(), name);
            found.Shape.ShouldBe(tensor.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()), name);
            Sha256(found.Bytes.Span).ShouldBe(tensor.GetProperty("sha256").GetString(), name);
            found.ToFloats().Take(4).ShouldBe(tensor.GetProperty("floats").EnumerateArray().Select(s => s.GetSingle()), name);
        }
    }

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
