using System.Globalization;
using System.Text.Json;
using FineTune.Tests;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Parity;

/// <summary>One case of Goldens/ops.json.</summary>
internal sealed record Golden(string Name, Golden.Item[] Inputs, Golden.Item[] Outputs, Golden.Item?[]? Gradients, double Tolerance, long? Seed)
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["f4"] = ScalarType.Float32,
        ["f8"] = ScalarType.Float64,
        ["f2"] = ScalarType.Float16,
        ["bf"] = ScalarType.BFloat16,
        ["i8"] = ScalarType.Int64,
        ["i4"] = ScalarType.Int32,
        ["u1"] = ScalarType.Byte,
        ["b1"] = ScalarType.Bool,
    };

    public static IReadOnlyDictionary<string, Golden> All { get; } = Read();

    private static Dictionary<string, Golden> Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repo.Goldens("ops.json")));
        return json.RootElement.EnumerateArray().Select(c => new Golden(
            c.GetProperty("name").GetString()!,
            [.. c.GetProperty("in").EnumerateArray().Select(i => Item.Read(i)!)],
            [.. c.GetProperty("out").EnumerateArray().Select(i => Item.Read(i)!)],
            c.TryGetProperty("grad", out var g) ? [.. g.EnumerateArray().Select(Item.Read)] : null,
            c.TryGetProperty("tol", out var t) ? t.GetDouble() : 1e-6,
            c.TryGetProperty("seed", out var seed) ? seed.GetInt64() : null)).ToDictionary(c => c.Name);
    }

    /// <summary>A tensor: type, sizes, strides (null: row-major) and the numbers of its storage.</summary>
    internal sealed record Item(ScalarType Type, long[] Sizes, long[]? Strides, double[] Values)
    {
        public static Item? Read(JsonElement e) => e.ValueKind == JsonValueKind.Null ? null : new(
            Types[e.GetProperty("d").GetString()!],
            Longs(e.GetProperty("s")),
            e.TryGetProperty("t", out var t) ? Longs(t) : null,
            [.. e.GetProperty("v").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => double.Parse(v, CultureInfo.InvariantCulture))]);

        public Tensor ToTensor()
        {
            var flat = tensor(Values, Type);
            return Strides is null ? flat.reshape(Sizes) : flat.as_strided(Sizes, Strides);
        }

        private static long[] Longs(JsonElement e) => [.. e.EnumerateArray().Select(v => v.GetInt64())];
    }
}
